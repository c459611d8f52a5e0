using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Tests.Decoding;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Pipelines;

[Collection(nameof(DecoderTests))]
public sealed class TextToImagePipelineTests(TinyPipeline shared) : IClassFixture<TinyPipeline>
{
    private static readonly GenerationRequest Request = new() { Prompt = "a red circle", Seed = 7, Steps = 5, SrSteps = 3, Guidance = 2, SrGuidance = 1.5 };
    private readonly TextToImagePipeline _pipeline = shared.Pipeline;

    [Fact]
    public void ARequestGivesTheSameFile_AloneAndAmong16()
    {
        var alone = Png.Encode(Assert.Single(_pipeline.Generate([Request])).Picture);
        var others = Enumerable.Range(0, 15).Select(i => Request with
        {
            Prompt = "blue " + (char)('a' + i), Negative = i % 2 == 0 ? "" : "red", Seed = (ulong)i, Steps = 1 + (i % 7), SrSteps = 1 + (i % 4),
            Guidance = i % 3, SrGuidance = i % 2, Schedule = i % 2 == 0 ? "cosine" : "linear", Temperature = i % 4,
        }).ToList();
        others.Insert(9, Request);

        var together = _pipeline.Generate(others);
        Assert.Equal(others, together.Select(p => p.Request));
        Assert.Equal(alone, Png.Encode(together[9].Picture));
        Assert.Equal(alone, Png.Encode(_pipeline.Generate([Request])[0].Picture));

        // Another process would start from the folder as this does.
        using var again = new TinyModel();
        using var pipeline = new TextToImagePipeline(again.Model);
        Assert.Equal(alone, Png.Encode(pipeline.Generate([Request])[0].Picture));
        Assert.True(together.Select(p => Convert.ToHexString(Png.Encode(p.Picture))).Distinct().Count() > 12);
    }

    [Fact]
    public void PicturesAndGridsHaveTheModelsSizes()
    {
        var made = _pipeline.Generate([Request])[0];
        Assert.Equal((48, 48), (made.Picture.Width, made.Picture.Height));
        Assert.Equal((36, 144), (made.BaseGrid.Length, made.SuperresGrid.Length));
        Assert.All(made.BaseGrid, t => Assert.InRange(t, 0, 30));
        Assert.All(made.SuperresGrid, t => Assert.InRange(t, 0, 36));
        Assert.True(made.Picture.SamePixels(_pipeline.Factory.Decode(Request, made.SuperresGrid)));
        Assert.Empty(_pipeline.Generate([]));
    }

    [Fact]
    public void TheTwoHalvesMakeWhatTheWholeMakes()
    {
        var low = _pipeline.DecodeBase([Request, Request with { Seed = 8 }]);
        var whole = _pipeline.Generate([Request])[0];
        Assert.Equal(whole.BaseGrid, low[0]);
        Assert.Equal(whole.SuperresGrid, _pipeline.Upscale([Request with { Seed = 8 }, Request], [low[1], low[0]])[1].SuperresGrid);
    }

    [Fact]
    public void BaseGridsThatAreNotTheModelsAreRefused()
    {
        const string Expected = "Expected 1 grids of codes below 31, one for each request and as large as it.";
        Assert.StartsWith(Expected, Assert.Throws<ArgumentException>(() => _pipeline.Upscale([Request], [new ushort[35]])).Message, StringComparison.Ordinal);
        Assert.StartsWith(Expected, Assert.Throws<ArgumentException>(() => _pipeline.Upscale([Request], [[.. new ushort[35], 31]])).Message, StringComparison.Ordinal);
        Assert.StartsWith(Expected, Assert.Throws<ArgumentException>(() => _pipeline.Upscale([Request], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutSuperResolutionDecodesItsBaseGrid()
    {
        using var tiny = new TinyModel(superres: false);
        using var pipeline = new TextToImagePipeline(tiny.Model);
        var made = pipeline.Generate([Request])[0];
        Assert.Equal((24, 36, 0), (made.Picture.Width, made.BaseGrid.Length, made.SuperresGrid.Length));
    }

    [Fact]
    public void SeedPictureIndexAndNegativePromptEachMakeAnotherPicture()
    {
        var requests = new[]
        {
            Request, Request with { Seed = 8 }, Request with { Picture = 1 }, Request with { Negative = "blue" }, Request with { Prompt = "a blue square" },
        };
        var made = _pipeline.Generate(requests);
        Assert.Equal(requests.Length, made.Select(p => Convert.ToHexString(p.Picture.Pixels)).Distinct().Count());
    }

    [Fact]
    public void ProgressTellsEveryStepOfEveryPictureInOrder()
    {
        var told = new List<PictureProgress>();
        _pipeline.Generate([Request, Request with { Steps = 2, SrSteps = 1 }], new Teller(told.Add));

        foreach (var (index, steps, srSteps) in new[] { (0, 5, 3), (1, 2, 1) })
        {
            var own = told.Where(p => p.Index == index).ToList();
            Assert.Equal(
                [.. Enumerable.Range(1, steps).Select(s => ("base", s, steps)), .. Enumerable.Range(1, srSteps).Select(s => ("superres", s, srSteps)), ("pixels", 1, 1)],
                own.Select(p => (p.Stage, p.Step, p.Steps)));
            var masked = own.Where(p => p.Stage == "base").Select(p => p.Grid.ToArray().Count(t => t == 31)).ToList();
            Assert.Equal(masked.OrderDescending(), masked);
            Assert.Equal(0, masked[^1]);
        }
    }

    [Fact]
    public void CancellationStopsBetweenSteps_AndLeavesThePipelineUsable()
    {
        var expected = _pipeline.Generate([Request])[0];
        foreach (var stage in new[] { "base", "superres", "pixels" })
        {
            using var cancellation = new CancellationTokenSource();
            var told = new List<PictureProgress>();
            Assert.Throws<OperationCanceledException>(() => _pipeline.Generate([Request, Request with { Seed = 2 }], new Teller(p =>
            {
                told.Add(p);
                if (p.Stage == stage)
                    cancellation.Cancel();
            }), cancellation.Token));
            Assert.InRange(told.Count(p => p.Stage == stage), 1, 2);
            Assert.True(_pipeline.Generate([Request])[0].Picture.SamePixels(expected.Picture));
        }
        using var already = new CancellationTokenSource();
        already.Cancel();
        Assert.Throws<OperationCanceledException>(() => _pipeline.Generate([Request], cancellation: already.Token));
    }

    [Fact]
    public void AFailureOfTheListenerLeavesThePipelineUsable()
    {
        var expected = _pipeline.Generate([Request])[0];
        Assert.Throws<InvalidOperationException>(() => _pipeline.Generate([Request], new Teller(_ => throw new InvalidOperationException())));
        Assert.True(_pipeline.Generate([Request])[0].Picture.SamePixels(expected.Picture));
    }

    [Theory]
    [InlineData("Steps")]
    [InlineData("SrSteps")]
    [InlineData("Guidance")]
    [InlineData("SrGuidance")]
    [InlineData("Temperature")]
    [InlineData("MinP")]
    [InlineData("Schedule")]
    [InlineData("Prompt")]
    [InlineData("Negative")]
    public void ABadRequestNamesItsField(string field)
    {
        var longest = new string('a', GenerationRequest.LongestPrompt + 1);
        var request = field switch
        {
            "Steps" => Request with { Steps = 0 },
            "SrSteps" => Request with { SrSteps = 1025 },
            "Guidance" => Request with { Guidance = double.NaN },
            "SrGuidance" => Request with { SrGuidance = -1 },
            "Temperature" => Request with { Temperature = double.PositiveInfinity },
            "MinP" => Request with { MinP = 1.1 },
            "Schedule" => Request with { Schedule = "Cosine" },
            "Prompt" => Request with { Prompt = longest },
            _ => Request with { Negative = longest },
        };
        var (name, problem) = Assert.Single(request.Problems());
        Assert.Equal(field, name);
        Assert.Contains("expected", problem, StringComparison.Ordinal);
        var e = Assert.Throws<ArgumentException>("requests", () => _pipeline.Generate([Request, request]));
        Assert.StartsWith(field + " ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADefaultRequestFollowsTheModel()
    {
        var request = GenerationRequest.From("a star", 5, shared.Model.Model.Manifest.Defaults);
        Assert.Equal(new GenerationRequest { Prompt = "a star", Seed = 5, Steps = 4, SrSteps = 3, Guidance = 2, SrGuidance = 1, Temperature = 0.5, Schedule = "linear" }, request);
        Assert.Empty(request.Problems());
        Assert.Equal((4, 2.0, 0.5), (request.BaseDecoding().Steps, request.BaseDecoding().Guidance, request.BaseDecoding().Temperature));
        Assert.Equal((3, 1.0), (request.SuperresDecoding().Steps, request.SuperresDecoding().Guidance));
    }

    [Fact]
    public void ManyPromptsDoNotCrowdOutThoseInUse()
    {
        // 253 prompts and the empty one; the next request brings the prompt and the negative prompt that fill the cache.
        var requests = Enumerable.Range(0, 254).Select(i => Request with { Prompt = $"{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}", Steps = 1, SrSteps = 1, Guidance = 0, SrGuidance = 0 }).ToList();
        requests.Add(Request with { Prompt = "new", Negative = "newer", Steps = 1, SrSteps = 1 });
        requests.Add(Request);
        var made = _pipeline.Generate(requests);
        Assert.True(made[^1].Picture.SamePixels(_pipeline.Generate([Request])[0].Picture));
    }

    [Fact]
    public void GenerationLeavesNoTensorBehind()
    {
        _pipeline.Generate([Request, Request with { Seed = 3 }]);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        _pipeline.Generate([Request with { Seed = 5 }, Request with { Seed = 6, Steps = 3 }, Request with { Guidance = 0 }]);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void AModelAndItsPipelineLeaveNoTensorBehind()
    {
        static void Once()
        {
            using var tiny = new TinyModel();
            using var pipeline = new TextToImagePipeline(tiny.Model);
            pipeline.Generate([Request]);
        }

        static long Count()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Tensor.TotalCount;
        }

        Once();
        var before = Count();
        Once();
        Assert.Equal(before, Count());
    }

    private sealed class Teller(Action<PictureProgress> tell) : IProgress<PictureProgress>
    {
        public void Report(PictureProgress value) => tell(value);
    }
}
