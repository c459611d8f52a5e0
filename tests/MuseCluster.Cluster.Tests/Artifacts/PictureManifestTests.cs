using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Artifacts;

public sealed class PictureManifestTests
{
    private const string Golden =
        """
        {
          "formatVersion": 1,
          "item": "0123456789abcdef0123456789abcdef-12",
          "tenant": "tenant",
          "model": "shapes",
          "weights": "1111111111111111111111111111111111111111111111111111111111111111",
          "request": {
            "prompt": "ein Bär & \"zwei\" 漢字",
            "negative": "",
            "seed": 18446744073709551615,
            "picture": 3,
            "steps": 24,
            "srSteps": 8,
            "guidance": 3,
            "srGuidance": 0.1,
            "temperature": 1,
            "minP": 0.05,
            "schedule": "square-root"
          },
          "attempt": 2,
          "timings": [
            {
              "stage": "text",
              "silo": "silo-1",
              "received": "2030-01-02T03:04:05.25+00:00",
              "seconds": 0.125,
              "deviceSeconds": 0.03125
            },
            {
              "stage": "pixels",
              "silo": "silo-2",
              "received": "2030-01-02T03:04:06+00:00",
              "seconds": 1.5,
              "deviceSeconds": 0
            }
          ],
          "picture": {
            "artifact": "tenant/0123456789abcdef0123456789abcdef/000012.png",
            "sha256": "2222222222222222222222222222222222222222222222222222222222222222",
            "width": 128,
            "height": 64
          },
          "baseGrid": {
            "side": 2,
            "codes": "AAABAAAB//8="
          },
          "superresGrid": null,
          "created": "2030-01-02T03:04:07+00:00",
          "software": "1.2.3"
        }

        """;

    private static readonly PictureManifest Example = new(
        1,
        new ItemId(Guid.Parse("0123456789abcdef0123456789abcdef"), 12),
        "tenant",
        "shapes",
        new string('1', 64),
        new GenerationRequest { Prompt = "ein Bär & \"zwei\" 漢字", Seed = ulong.MaxValue, Picture = 3, SrGuidance = 0.1, MinP = 0.05, Schedule = "square-root" },
        2,
        [
            new StageTiming(Stage.Text, "silo-1", new DateTimeOffset(2030, 1, 2, 3, 4, 5, 250, TimeSpan.Zero), 0.125, 0.03125),
            new StageTiming(Stage.Pixels, "silo-2", new DateTimeOffset(2030, 1, 2, 3, 4, 6, TimeSpan.Zero), 1.5),
        ],
        new PictureFile("tenant/0123456789abcdef0123456789abcdef/000012.png", new string('2', 64), 128, 64),
        new TokenGrid(2, [0, 1, 256, 65535]),
        null,
        new DateTimeOffset(2030, 1, 2, 3, 4, 7, TimeSpan.Zero),
        "1.2.3");

    private static readonly Arbitrary<PictureManifest> Manifests =
        (from job in ArbMap.Default.GeneratorFor<Guid>()
         from index in Gen.Choose(0, Job.MaxItems)
         from prompt in Texts()
         from negative in Texts()
         from seed in ArbMap.Default.GeneratorFor<ulong>()
         from steps in Gen.Choose(1, 100)
         from guidance in Gen.Choose(0, 1 << 30).Select(n => n / (double)(1 << 26))
         from schedule in Gen.Elements(MaskSchedules.Names.ToArray())
         from timings in Gen.ListOf(Timings())
         from side in Gen.Choose(1, 12)
         from rows in Gen.Elements(side, 1, 7)
         from codes in Gen.ArrayOf(Codes(), side * rows)
         from fine in Gen.ArrayOf(Codes(), side * rows * 4)
         from hasFine in Gen.Elements(false, true)
         select Example with
         {
             Item = new ItemId(job, index),
             Request = new GenerationRequest { Prompt = prompt, Negative = negative, Seed = seed, Steps = steps, Guidance = guidance, Schedule = schedule },
             Timings = [.. timings],
             BaseGrid = TokenGrid.Of(codes, (8 * side, 8 * rows)),
             SuperresGrid = hasFine ? TokenGrid.Of(fine, (8 * side, 8 * rows)) : null,
         }).ToArbitrary();

    [Fact]
    public void A_manifest_is_this_json() => Assert.Equal(Golden, Encoding.UTF8.GetString(Example.ToJson()));

    [Fact]
    public void Any_manifest_comes_back_as_it_was() => Prop.ForAll(Manifests, manifest =>
    {
        var again = PictureManifest.Parse(manifest.ToJson());
        return again.ToJson().AsSpan().SequenceEqual(manifest.ToJson())
            && again.Request == manifest.Request
            && again.Item == manifest.Item
            && again.Timings.SequenceEqual(manifest.Timings)
            && again.BaseGrid.Codes.AsSpan().SequenceEqual(manifest.BaseGrid.Codes)
            && (again.SuperresGrid is null) == (manifest.SuperresGrid is null);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_field_is_needed_but_the_one_that_earlier_builds_did_not_write()
    {
        foreach (var (path, name) in Fields(JsonNode.Parse(Golden)!, "").Where(f => f.Name != "deviceSeconds"))
        {
            var message = Refusal(root => Parent(root, path)!.AsObject().Remove(name));
            Assert.True(message.Contains(name, StringComparison.Ordinal), $"without {path}.{name}: {message}");
        }
    }

    [Fact]
    public void Every_field_but_one_must_not_be_null()
    {
        foreach (var (path, name) in Fields(JsonNode.Parse(Golden)!, "").Where(f => f.Name != "superresGrid"))
        {
            var message = Refusal(root => Parent(root, path)!.AsObject()[name] = null);
            Assert.True(message.Contains(name, StringComparison.Ordinal), $"null {path}.{name}: {message}");
        }
    }

    [Theory]
    [InlineData("formatVersion", "2", "formatVersion is 2; this build reads 1")]
    [InlineData("formatVersion", "\"1\"", "formatVersion ")]
    [InlineData("item", "\"0123-1\"", "item is '0123-1', expected a job's 32 hexadecimal digits, '-' and an index")]
    [InlineData("item", "7", "item is no text")]
    [InlineData("tenant", "\"Tenant\"", "tenant is 'Tenant', expected 1 to 63")]
    [InlineData("tenant", "[]", "tenant ")]
    [InlineData("model", "\"\"", "model is empty")]
    [InlineData("weights", "\"abc\"", "weights is 'abc', expected 64 lower-case hexadecimal digits")]
    [InlineData("request", "[]", "request ")]
    [InlineData("request.seed", "-1", "request.seed ")]
    [InlineData("request.steps", "0", "request.steps is 0, expected 1 to")]
    [InlineData("request.guidance", "\"3\"", "request.guidance ")]
    [InlineData("request.schedule", "\"sine\"", "request.schedule is 'sine'")]
    [InlineData("attempt", "-1", "attempt is -1, expected at least 0")]
    [InlineData("attempt", "1.5", "attempt ")]
    [InlineData("timings", "{}", "timings ")]
    [InlineData("timings.1.stage", "\"upscale\"", "timings[1].stage is 'upscale', expected one of text, base, superres, pixels")]
    [InlineData("timings.1.received", "\"yesterday\"", "timings[1].received ")]
    [InlineData("timings.1.seconds", "-1", "timings[1].seconds is -1, expected at least 0")]
    [InlineData("picture.artifact", "\"other/000012.png\"", "picture.artifact is 'other/000012.png', expected an artifact's name of the tenant 'tenant'")]
    [InlineData("picture.artifact", "\"tenant/../x\"", "picture.artifact is 'tenant/../x'")]
    [InlineData("picture.sha256", "\"\"", "picture.sha256 is ''")]
    [InlineData("picture.width", "0", "picture is 0 x 64 pixels")]
    [InlineData("baseGrid.side", "0", "baseGrid.side is 0, expected at least 1")]
    [InlineData("baseGrid.side", "3", "baseGrid.codes has 4 codes, expected 3 x 3")]
    [InlineData("baseGrid.side", "65536", "baseGrid.codes has 4 codes, expected 65536 x 65536")]
    [InlineData("baseGrid.codes", "\"AAABAAAB//8\"", "baseGrid.codes is no Base64")]
    [InlineData("baseGrid.codes", "\"AAABAAAB/w==\"", "baseGrid.codes has 7 bytes, expected 2 a code")]
    [InlineData("baseGrid.codes", "[0, 1, 256, 65535]", "baseGrid.codes is no text, expected Base64")]
    [InlineData("superresGrid", "{\"side\": 1, \"codes\": \"\"}", "superresGrid.codes has 0 codes, expected 1 x 1")]
    [InlineData("created", "1", "created ")]
    [InlineData("software", "1", "software ")]
    public void A_wrong_field_is_named(string field, string value, string problem)
    {
        var at = field.LastIndexOf('.');
        var message = Refusal(root => Parent(root, at < 0 ? "" : field[..at])![field[(at + 1)..]] = JsonNode.Parse(value));
        Assert.StartsWith($"a picture's manifest: {problem}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_fields_that_make_no_sense_are_named_at_once()
    {
        var message = Refusal(root => (root["attempt"], root["tenant"]) = (-1, "T"));
        Assert.Contains("tenant is 'T'", message, StringComparison.Ordinal);
        Assert.Contains("attempt is -1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"formatVersion\": 1, \"formatVersion\": 1}")]
    [InlineData("\u0000")]
    public void What_is_no_manifest_is_refused(string json) =>
        Assert.StartsWith("a picture's manifest: ", Assert.Throws<FormatException>(() => PictureManifest.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_damage_to_the_json_is_a_format_exception_or_harmless()
    {
        var golden = Encoding.UTF8.GetBytes(Golden);
        var damage = (from at in Gen.Choose(0, golden.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value)).ToArbitrary();
        Prop.ForAll(damage, d =>
        {
            byte[] bytes = [.. golden];
            bytes[d.at] = d.Item2;
            try
            {
                PictureManifest.Parse(bytes);
            }
            catch (FormatException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Fields_of_later_builds_are_left_out()
    {
        var root = JsonNode.Parse(Golden)!;
        root["later"] = 1;
        Assert.Equal(Golden, Encoding.UTF8.GetString(PictureManifest.Parse(Encoding.UTF8.GetBytes(root.ToJsonString())).ToJson()));
    }

    private static Gen<string> Texts() =>
        Gen.ListOf(Gen.Elements("a", "Z", " ", "\"", "\\", "\n", "\0", "<", "&", "é", "漢", "🐻", "\u2028")).Select(string.Concat);

    private static Gen<ushort> Codes() => Gen.Choose(0, ushort.MaxValue).Select(c => (ushort)c);

    private static Gen<StageTiming> Timings() =>
        from stage in Gen.Elements(StageNames.All.ToArray())
        from ticks in Gen.Choose(0, int.MaxValue)
        from seconds in Gen.Choose(0, int.MaxValue).Select(n => n / 1e6)
        select new StageTiming(stage, "silo", new DateTimeOffset(ticks * 1_000_000_001L, TimeSpan.Zero), seconds);

    private static string Refusal(Action<JsonNode> change)
    {
        var root = JsonNode.Parse(Golden)!;
        change(root);
        return Assert.Throws<FormatException>(() => PictureManifest.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()))).Message;
    }

    private static JsonNode? Parent(JsonNode root, string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate((JsonNode?)root, (node, part) => node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node![part]);

    private static IEnumerable<(string Path, string Name)> Fields(JsonNode node, string path) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Fields(f.Value ?? JsonValue.Create(0), $"{path}.{f.Key}").Prepend((path, f.Key))),
        JsonArray list => list.SelectMany((entry, i) => Fields(entry!, $"{path}.{i}")),
        _ => [],
    };
}
