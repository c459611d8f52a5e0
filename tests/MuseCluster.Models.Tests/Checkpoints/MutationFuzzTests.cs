using System.Diagnostics;
using System.Text;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>Damaged files: each loads, and then its memory can be read, or is refused by the one typed exception.</summary>
public sealed class MutationFuzzTests : IDisposable
{
    private const int Seed = 20240;
    private const long AllowedBytesPerFile = 8 << 20;
    private static readonly TimeSpan AllowedTimePerFile = TimeSpan.FromSeconds(10); // far above a busy machine's pauses

    private static readonly string[] Splices =
    [
        "-1", "0", "1", "9223372036854775807", "18446744073709551616", "1e9", "4294967296", "[]", "{}", "null", "\"\"", "\"..\"", "../",
        "\"F64\"", "\"U8\"", "\"BOOL\"", "\"Q4\"", "__metadata__", "\\ud800", "\\u0000", ",", "}", "]", "\"shape\":[],", "\"dtype\":\"U8\",", "/", " ",
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void SafetensorsFiles()
    {
        SafetensorsWriter.Write(folder["seed"],
        [
            TensorSource.FromBytes("a.weight", TensorDType.F32, [2, 3], new byte[24]),
            TensorSource.FromBytes("b", TensorDType.I64, [1], new byte[8]),
            TensorSource.FromBytes("c", TensorDType.U8, [5], new byte[5]),
            TensorSource.FromBytes("empty", TensorDType.BF16, [0, 4], default),
        ], new Dictionary<string, string> { ["format"] = "pt" });
        Fuzz("f.safetensors", File.ReadAllBytes(folder["seed"]), 6000, path =>
        {
            using var file = SafetensorsFile.Open(path);
            int sum = 0;
            foreach (TensorView view in file.Tensors.Values)
            {
                Assert.Equal(view.ByteLength, view.Bytes.Length);
                foreach (byte value in view.Bytes) sum += value;
            }

            return sum;
        });
    }

    [Fact]
    public void Indexes()
    {
        SafetensorsWriter.Write(folder["s1.safetensors"], [TensorSource.FromBytes("a", TensorDType.U8, [1], new byte[1])]);
        SafetensorsWriter.Write(folder["s2.safetensors"], [TensorSource.FromBytes("b", TensorDType.U8, [1], new byte[1])]);
        byte[] seed = Encoding.UTF8.GetBytes("""{"metadata": {"total_size": 2}, "weight_map": {"a": "s1.safetensors", "b": "s2.safetensors"}}""");
        Fuzz("i.index.json", seed, 3000, path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            return checkpoint.Tensors.Count;
        });
    }

    [Fact]
    public void Manifests() => Fuzz("manifest.json", Encoding.UTF8.GetBytes(ManifestJson.Valid), 3000, path =>
    {
        var manifest = ModelManifest.Load(path);
        foreach (var (_, stage) in manifest.Stages)
        {
            Assert.NotEmpty(stage.Network);
            Assert.All(stage.Weights, file => Assert.StartsWith(folder.Path, Path.GetFullPath(manifest.PathOf(file)), StringComparison.Ordinal));
            Assert.NotEmpty(stage.Config.GetRawText());
        }

        return manifest.Sha256.Count;
    });

    private void Fuzz(string name, byte[] seed, int files, Func<string, int> load)
    {
        var random = new Random(Seed);
        int loaded = 0, refused = 0;
        load(folder.Write(name, seed));
        for (int i = 0; i < files; i++)
        {
            // A new file each time: ext4 flushes one that is truncated and rewritten, which took most of the test's time.
            File.Delete(folder[name]);
            string path = folder.Write(name, Mutate(seed, random));
            long started = Stopwatch.GetTimestamp();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                load(path);
                loaded++;
            }
            catch (CheckpointException e)
            {
                Assert.NotEmpty(e.Problems);
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"mutation {i} of seed {Seed}: {Convert.ToBase64String(File.ReadAllBytes(path))}", e);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, AllowedBytesPerFile);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, AllowedTimePerFile);
        }

        // Both ways must have been taken, or the mutations are too wild or too tame to mean anything.
        Assert.True(loaded > files / 100 && refused > files / 10, $"{loaded} loaded, {refused} refused");
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Splices[random.Next(Splices.Length)])); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                case 6: ReplaceDigit(bytes, at, random); break;
            }

            if (bytes.Count == 0) break;
        }

        return [.. bytes];
    }

    private static void ReplaceDigit(List<byte> bytes, int from, Random random)
    {
        int at = bytes.FindIndex(from, b => char.IsAsciiDigit((char)b));
        if (at >= 0) bytes[at] = (byte)('0' + random.Next(10));
    }
}
