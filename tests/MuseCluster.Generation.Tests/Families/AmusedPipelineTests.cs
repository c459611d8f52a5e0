using System.Text.Json;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Randomness;
using MuseCluster.Generation.Tests.Decoding;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>aMUSEd from prompt to pixels against diffusers' <c>AmusedPipeline</c> and <c>AmusedImg2ImgPipeline</c>, through the project's own decoder.</summary>
[Collection(nameof(DecoderTests))]
public sealed class AmusedPipelineTests(ITestOutputHelper output)
{
    [Fact]
    public void TextsBecomeTheReferencesGridsAndPictures()
    {
        using DisposeScope scope = NewDisposeScope();
        using var amused = new AmusedFolder();
        var recording = new Recording("amused_pipeline_tiny");
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(recording.Folder, "case.json")));
        string[] Texts(string name) => [.. document.RootElement.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];
        GenerationRequest[] requests = [.. Texts("prompts").Zip(Texts("negative_prompts"), (prompt, negative) =>
            GenerationRequest.From(prompt, 0, amused.Defaults) with { Negative = negative })];

        PromptEmbedding[] prompts = [.. requests.Select(r => amused.Model.Prompts.Encode(r.Prompt))];
        Close("encoder_hidden_states", recording, prompts.SelectMany(p => p.Embeddings.ToArray<float>()));
        Close("text_embeds", recording, prompts.SelectMany(p => p.Pooled!.ToArray<float>()));

        var factory = new PictureFactory(amused.Model);
        var pictures = requests.Select((request, i) =>
        {
            using var negative = factory.Encode(request.Negative);
            using var started = factory.StartBase(request, prompts[i], negative);
            return Again(started, new RecordedDraws(recording, i, 36, "guided_logits"));
        }).ToArray();
        Decode(amused, recording, pictures);
        PicturesAre(recording, amused, factory, [.. pictures.Select((p, i) => (requests[i], p.Grid.ToArray()))]);
    }

    [Fact]
    public void APictureBecomesTheReferencesGridsAndPicture()
    {
        using DisposeScope scope = NewDisposeScope();
        using var amused = new AmusedFolder();
        var recording = new Recording("amused_img2img_tiny");
        var factory = new PictureFactory(amused.Model);
        // The reference's pixels are no whole bytes, so that they go past Picture.
        ushort[] clean = [.. amused.Model.Pixels.Encode(tensor(recording.Numbers("image"), recording.Shape("image"))).ToArray<long>().Select(c => (ushort)c)];
        Assert.Equal(recording.Integers("latents_clean"), clean.Select(c => (long)c));

        var request = GenerationRequest.From("a dog and a cat", 0, amused.Defaults) with { Width = 32, Height = 32, Initial = new InitialPicture(clean, 0.7) };
        var draws = new RecordedDraws(recording, 0, 64, "guided_logits", firstStep: 2);
        MaskedTransformerShape shape = amused.Model.BaseGrid(request);
        PartialPicture noised = request.Initial!.Mask(shape, request.BaseDecoding(), draws);
        Assert.Equal(2, noised.Step);
        Assert.Equal(recording.Integers("latents_noised"), noised.Grid.Select(c => (long)c));

        using var prompt = factory.Encode(request.Prompt);
        using var negative = factory.Encode("");
        using var started = factory.StartBase(request, prompt, negative, noised);
        MaskedPicture picture = Again(started, draws);
        Decode(amused, recording, [picture]);
        PicturesAre(recording, amused, factory, [(request, picture.Grid.ToArray())]);
    }

    [Fact]
    public void PicturesOfSeveralSizesAreDecodedTogetherAsAlone()
    {
        using var amused = new AmusedFolder();
        GenerationRequest Request(int i, int? width, int? height) => GenerationRequest.From($"the photo of {i} Dogs", (ulong)i, amused.Defaults) with
        {
            Width = width, Height = height, Steps = 3 + i, Guidance = i == 2 ? 1 : 4, Micro = new MicroConditions { AestheticScore = 5 + i, CropLeft = i },
        };
        GenerationRequest[] requests = [Request(0, null, null), Request(1, 32, 16), Request(2, null, null), Request(3, 32, 16), Request(4, 16, 32), Request(5, null, null)];
        using var pipeline = new TextToImagePipeline(amused.Model);
        var together = pipeline.Generate(requests);
        for (int i = 0; i < requests.Length; i++)
        {
            var alone = pipeline.Generate([requests[i]])[0];
            Assert.Equal(alone.BaseGrid, together[i].BaseGrid);
            Assert.True(alone.Picture.SamePixels(together[i].Picture));
            Assert.Equal((requests[i].Width ?? 24, requests[i].Height ?? 24), (alone.Picture.Width, alone.Picture.Height));
            Assert.All(alone.BaseGrid, c => Assert.InRange(c, 0, 63));
        }

        // What the picture is said to be like has its say in the tokens.
        Assert.NotEqual(together[0].BaseGrid, pipeline.Generate([requests[0] with { Micro = new MicroConditions { AestheticScore = 1 } }])[0].BaseGrid);
    }

    [Fact]
    public void APictureIsTakenAsAStart_AndHowMuchMayChangeIsTheRequests()
    {
        using var amused = new AmusedFolder();
        using var pipeline = new TextToImagePipeline(amused.Model);
        var request = GenerationRequest.From("a dog", 3, amused.Defaults) with { Steps = 8 };
        var first = pipeline.Generate([request])[0];
        ushort[] grid = pipeline.Factory.Encode(first.Picture);
        Assert.Equal(36, grid.Length);
        int[] changed = [.. new[] { 0.125, 0.5, 1 }.Select(strength =>
        {
            var other = pipeline.Generate([request with { Seed = 4, Initial = new InitialPicture(grid, strength) }])[0];
            return other.BaseGrid.Zip(grid).Count(p => p.First != p.Second);
        })];
        Assert.True(changed[0] < changed[1] && changed[1] < changed[2], string.Join(" ", changed));
        // At full strength nothing of the start is left: the picture is that of the prompt alone.
        Assert.Equal(
            pipeline.Generate([request with { Seed = 4 }])[0].BaseGrid,
            pipeline.Generate([request with { Seed = 4, Initial = new InitialPicture(grid, 1) }])[0].BaseGrid);
    }

    [Theory]
    [InlineData(25, 24, "multiples of 4")]
    [InlineData(24, 0, "24x0")]
    [InlineData(8192, 24, "up to 4096")]
    public void SizesThatTheModelDoesNotMakeAreRefused(int width, int height, string named)
    {
        using var amused = new AmusedFolder();
        using var pipeline = new TextToImagePipeline(amused.Model);
        var request = GenerationRequest.From("a dog", 3, amused.Defaults) with { Width = width, Height = height };
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => pipeline.Generate([request])).Message, StringComparison.Ordinal);
    }

    // The same picture with the reference's draws in place of its own.
    private static MaskedPicture Again(MaskedPicture picture, ITokenRandom random) =>
        new(picture.Shape, picture.Grid, picture.Step, picture.InitiallyMasked, picture.Options, Copy(picture.Conditioning), random);

    private static Conditioning Copy(Conditioning conditioning) => Conditioning.Concat([conditioning]);

    private void Decode(AmusedFolder amused, Recording recording, MaskedPicture[] pictures)
    {
        var compared = new ComparedTransformer(amused.Model.Base, recording, pictures[0].Options.Guidance + 1);
        using var decoder = new MaskedDecoder(compared, CPU, MaskedDecoderOptions.For(compared, CPU) with { PicturesPerPass = pictures.Length, ThreadsPerPass = get_num_threads() });
        foreach (MaskedPicture picture in pictures)
            decoder.Add(picture);
        int tokens = pictures[0].Shape.Tokens;
        for (int step = 0; decoder.Pictures.Count > 0; step++)
        {
            compared.Step = step;
            decoder.Step();
            for (int i = 0; i < pictures.Length; i++)
                Assert.Equal(recording.Integers($"tokens_{step}").AsSpan(i * tokens, tokens).ToArray(), pictures[i].Grid.ToArray().Select(t => (long)t));
        }

        output.WriteLine($"{compared.Rows} rows of guided logits: largest difference {compared.Largest:g3}");
        Assert.True(compared.Rows > tokens);
        foreach (MaskedPicture picture in pictures)
            picture.Dispose();
    }

    private static void PicturesAre(Recording recording, AmusedFolder amused, PictureFactory factory, (GenerationRequest Request, ushort[] Grid)[] made)
    {
        var pixels = made.SelectMany(m =>
        {
            MaskedTransformerShape shape = amused.Model.LastGrid(m.Request);
            using Tensor indices = tensor(Array.ConvertAll(m.Grid, c => (long)c), [1, shape.Height, shape.Width]);
            return amused.Model.Pixels.Decode(indices).clamp(0, 1).permute(0, 2, 3, 1).contiguous().ToArray<float>();
        }).ToArray();
        Close("images", recording, pixels);
        byte[] bytes = [.. made.SelectMany(m => factory.Decode(m.Request, m.Grid).Pixels.ToArray())];
        // Within the tolerance a number may lie on the other side of a byte's bound.
        Assert.All(recording.Numbers("images").Zip(bytes), p => Assert.InRange((p.First * 255) - p.Second, -0.51, 0.51));
    }

    private static void Close(string name, Recording recording, IEnumerable<float> actual)
    {
        float[] expected = recording.Numbers(name), numbers = [.. actual];
        Assert.Equal(expected.Length, numbers.Length);
        Assert.All(expected.Zip(numbers), p => Assert.True(Math.Abs(p.First - p.Second) <= 2e-5 + (2e-5 * Math.Abs(p.First)), $"{name}: {p.Second}, expected {p.First}"));
    }

    /// <summary>A network whose guided logits are compared with the reference's at every place that is asked for.</summary>
    private sealed class ComparedTransformer(IMaskedTransformer network, Recording recording, double scale) : IMaskedTransformer
    {
        public int Step { get; set; }

        public int Rows { get; private set; }

        public double Largest { get; private set; }

        public MaskedTransformerShape Shape => network.Shape;

        public Conditioning Condition(ConditioningInput input) => network.Condition(input);

        public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
        {
            Tensor logits = network.Logits(tokens, layout, conditioning, rows);
            long[] places = rows!.ToArray<long>();
            int half = places.Length / 2, codes = (int)logits.size(1), count = (int)(tokens.size(1) * tokens.size(2));
            float[] numbers = logits.ToArray<float>(), ids = [.. tokens.ToArray<long>().Select(t => (float)t)];
            for (int i = 0; i < half; i++)
            {
                var (picture, position) = ((int)(places[i] / count / 2), (int)(places[i] % count));
                // What is padding asks for one place twice.
                if (ids[(picture * count) + position] != Shape.MaskId || places[half + i] != places[i] + count)
                    continue;
                float[] expected = recording.Row($"guided_logits_{Step}", picture, position);
                for (int c = 0; c < codes; c++)
                {
                    float conditional = numbers[(i * codes) + c], unconditional = numbers[((half + i) * codes) + c];
                    double difference = Math.Abs(unconditional + (scale * (conditional - unconditional)) - expected[c]);
                    Largest = Math.Max(Largest, difference);
                    Assert.True(difference <= 2e-5 + (2e-5 * Math.Abs(expected[c])), $"step {Step}, picture {picture}, place {position}, code {c}: {difference}");
                }

                Rows++;
            }

            return logits;
        }

        public void Dispose()
        {
        }
    }
}
