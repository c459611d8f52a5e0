using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

[Collection(nameof(DecoderTests))]
public sealed class MaskedDecoderTests
{
    private static readonly DecodingOptions Guided = new() { Steps = 6, Guidance = 2.5, Temperature = 0.8 };

    public static TheoryData<string> Kinds => [.. TinyDecoding.Kinds];

    public static TheoryData<string, double> KindsAndGuidance
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (var kind in TinyDecoding.Kinds)
                foreach (var guidance in new[] { 0, 2.5 })
                    data.Add(kind, guidance);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndGuidance))]
    public void TokensAreThoseOfTheReference(string kind, double guidance)
    {
        using var tiny = TinyDecoding.Make(kind);
        foreach (var schedule in Enum.GetValues<MaskSchedule>())
            foreach (var steps in new[] { 1, 5 })
            {
                var spec = new PictureSpec(3, 4, 77, new DecodingOptions { Steps = steps, Guidance = guidance, Schedule = schedule, Temperature = 0.9, MinP = steps == 1 ? 0 : 0.6 });
                var expected = ReferenceDecoding.Decode(tiny, spec, [.. Enumerable.Repeat((ushort)tiny.Shape.MaskId, tiny.Shape.Tokens)]);
                var actual = tiny.Alone(spec);
                Assert.Equal(expected, actual);
            }
    }

    [Theory]
    [InlineData("pytorch-base", 0)]
    [InlineData("pytorch-base", 2.5)]
    [InlineData("pytorch-superres-selfcond", 2.5)]
    public void TokensAreThoseOfTheReference_ByMuseMaskgitPytorchsRule(string kind, double guidance)
    {
        using var tiny = TinyDecoding.Make(kind);
        foreach (var temperature in new[] { 0.3, 1, 3 })
            foreach (var steps in new[] { 1, 2, 5, 8 })
            {
                var spec = new PictureSpec(3, 4, 77, new DecodingOptions { Rule = tiny.Rule, Steps = steps, Guidance = guidance, Temperature = temperature });
                Assert.Equal(ReferenceDecoding.Decode(tiny, spec, [.. Enumerable.Repeat((ushort)tiny.Shape.MaskId, tiny.Shape.Tokens)]), tiny.Alone(spec));
            }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(8, false)]
    [InlineData(3, true)]
    [InlineData(8, true)]
    public void AnyCompanyGivesTheSameTokens(int perPass, bool fixedPasses)
    {
        foreach (var kind in TinyDecoding.Kinds)
            foreach (var guidance in new[] { 0, 2.5 })
                InCompany(kind, guidance, perPass, fixedPasses);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void AnyCompanyGivesTheSameTokens_OfAWideNetworkToo(int threads, bool fixedPasses)
    {
        using var limit = new Threads(threads);
        InCompany(TinyDecoding.Wide, 2.5, 8, fixedPasses);
    }

    [Theory]
    [InlineData("base")]
    [InlineData("uvit")]
    [InlineData("maskgit-text")]
    [InlineData("maskgit-class")]
    [InlineData("pytorch-base")]
    [InlineData("pytorch-superres")]
    public void PassesRunSideBySide_AndAnyNumberOfThreadsGivesTheSameTokens(string kind)
    {
        using var tiny = TinyDecoding.Make(kind);
        var specs = Enumerable.Range(0, 7).Select(PictureSpec.Other).ToArray();
        ushort[][] Decode(int count)
        {
            using var threads = new Threads(count);
            using var decoder = tiny.Decoder(tiny.Options());
            var pictures = specs.Select(tiny.Start).ToArray();
            Array.ForEach(pictures, decoder.Add);
            while (decoder.Pictures.Count > 0)
                decoder.Step();
            Array.ForEach(pictures, p => p.Dispose());
            return [.. pictures.Select(p => p.Grid.ToArray())];
        }
        var one = Decode(1);
        Assert.Equal(one, Decode(2));
        Assert.Equal(one, Decode(3));
    }

    [Fact]
    public void WhatAPassThrowsIsThrownAsItIs()
    {
        using var threads = new Threads(2);
        using var tiny = TinyDecoding.Make("base");
        using var decoder = new MaskedDecoder(new Broken(tiny.Shape), CPU, new MaskedDecoderOptions { ThreadsPerPass = 1 });
        var pictures = Enumerable.Range(0, 4).Select(i => tiny.Start(PictureSpec.Other(i))).ToArray();
        Array.ForEach(pictures, decoder.Add);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(decoder.Step).Message);
        Array.ForEach(pictures, p => p.Dispose());
    }

    private static void InCompany(string kind, double guidance, int perPass, bool fixedPasses)
    {
        using var tiny = TinyDecoding.Make(kind);
        var spec = new PictureSpec(1, 2, 42, Guided with { Guidance = guidance, Rule = tiny.Rule });
        var alone = tiny.Alone(spec);
        var others = Enumerable.Range(0, 15).Select(PictureSpec.Other).ToArray();

        // It joins after two steps of the others, in their midst; some end before it, some are taken out, one joins later.
        using var decoder = tiny.Decoder(tiny.Options(perPass) with { FixedPasses = fixedPasses });
        var company = others.Select(tiny.Start).ToArray();
        using var picture = tiny.Start(spec);
        foreach (var other in company[..9])
            decoder.Add(other);
        decoder.Step();
        decoder.Step();
        decoder.Add(picture);
        foreach (var other in company[9..14])
            decoder.Add(other);
        for (var step = 1; step <= spec.Options.Steps; step++)
        {
            if (step == 3)
                decoder.Add(company[14]);
            if (step == 4)
                Assert.All(company[3..8], c => decoder.Remove(c));
            if (step == 6)
                Assert.All(decoder.Pictures.Where(p => p != picture).ToList(), c => Assert.True(decoder.Remove(c)));
            var finished = decoder.Step();
            Assert.Equal(alone[step], picture.Grid.ToArray());
            Assert.Equal(step == spec.Options.Steps, finished.Contains(picture));
        }
        Assert.Empty(decoder.Pictures);
        foreach (var other in company)
            other.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryPictureOfACrowdIsTheSameAsAlone(string kind)
    {
        using var tiny = TinyDecoding.Make(kind);
        var specs = Enumerable.Range(0, 16).Select(PictureSpec.Other).ToArray();
        using var decoder = tiny.Decoder();
        var pictures = specs.Select(tiny.Start).ToArray();
        foreach (var picture in pictures)
            decoder.Add(picture);

        // They finish at different steps, each at its own.
        for (var step = 1; decoder.Pictures.Count > 0; step++)
            Assert.All(decoder.Step(), finished => Assert.Equal(step, finished.Options.Steps));
        for (var i = 0; i < specs.Length; i++)
        {
            Assert.Equal(tiny.Alone(specs[i])[^1], pictures[i].Grid.ToArray());
            pictures[i].Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GridAndStepAreAllThatGoingOnTakes(string kind)
    {
        using var tiny = TinyDecoding.Make(kind);
        var spec = new PictureSpec(1, 2, 42, Guided with { Rule = tiny.Rule });
        var alone = tiny.Alone(spec);

        // A new decoder at every step, each with keys and values computed anew and in other company.
        var grid = alone[0];
        for (var step = 0; step < spec.Options.Steps; step++)
        {
            using var decoder = tiny.Decoder();
            using var other = tiny.Start(PictureSpec.Other(step));
            using var picture = tiny.Resume(spec, grid, step);
            decoder.Add(other);
            decoder.Add(picture);
            decoder.Step();
            Assert.True(decoder.Remove(picture) || picture.Finished);
            grid = picture.Grid.ToArray();
            Assert.Equal(alone[step + 1], grid);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void KnownTokensNeverChange_AndTheRestFollowsTheSchedule(string kind)
    {
        using var tiny = TinyDecoding.Make(kind);
        foreach (var schedule in Enum.GetValues<MaskSchedule>())
        {
            var spec = new PictureSpec(5, 6, 9, Guided with { Steps = 7, Schedule = schedule });
            var start = Enumerable.Range(0, tiny.Shape.Tokens).Select(i => (ushort)(i % 3 == 0 ? i % 29 : tiny.Shape.MaskId)).ToArray();
            var initial = start.Count(t => t == tiny.Shape.MaskId);
            using var decoder = tiny.Decoder();
            using var picture = tiny.Resume(spec, start, 0, initial);
            decoder.Add(picture);
            var (known, masked) = (start, initial);
            for (var step = 0; step < 7; step++)
            {
                decoder.Step();
                var grid = picture.Grid.ToArray();
                for (var i = 0; i < grid.Length; i++)
                    Assert.True(known[i] == tiny.Shape.MaskId || known[i] == grid[i]);
                masked = spec.Options.MaskedAfter(step, initial, masked);
                Assert.Equal(masked, grid.Count(t => t == tiny.Shape.MaskId));
                Assert.Equal(masked, picture.MaskedPositions().Length);
                known = grid;
            }
            Assert.All(known, t => Assert.InRange(t, 0, 28));
            Assert.Equal(ReferenceDecoding.Decode(tiny, spec, start)[^1], known);
        }
    }

    [Fact]
    public void APictureWithNothingToDoKeepsPace()
    {
        using var tiny = TinyDecoding.Make("base");
        var done = Enumerable.Range(0, 36).Select(i => (ushort)(i % 29)).ToArray();
        using var decoder = tiny.Decoder();
        using var picture = tiny.Resume(new PictureSpec(1, 2, 3, Guided), done, 0, 0);
        decoder.Add(picture);
        for (var step = 0; step < Guided.Steps; step++)
            decoder.Step();
        Assert.True(picture.Finished);
        Assert.Equal(done, picture.Grid.ToArray());
        Assert.Equal(0, decoder.Passes);
    }

    [Fact]
    public void PromptNegativePromptGuidanceAndSeedEachMakeADifference()
    {
        using var tiny = TinyDecoding.Make("base-patch");
        var spec = new PictureSpec(1, 2, 42, Guided);
        var grid = tiny.Alone(spec)[^1];
        foreach (var other in new[]
        {
            spec with { Prompt = 3 }, spec with { Negative = 4 }, spec with { Seed = 43 }, spec with { Picture = 1 },
            spec with { Options = Guided with { Guidance = 0 } }, spec with { Options = Guided with { Temperature = 5 } },
        })
            Assert.NotEqual(grid, tiny.Alone(other)[^1]);
        Assert.Equal(
            tiny.Alone(spec with { Options = Guided with { Guidance = 0 } }), tiny.Alone(spec with { Negative = 4, Options = Guided with { Guidance = 0 } }));
    }

    [Theory]
    [InlineData("base", 1)]
    [InlineData("superres-patch-skip", 2)]
    [InlineData("uvit", 1)]
    [InlineData("uvit", 2)]
    [InlineData("uvit-halved", 1)]
    [InlineData("maskgit-text", 2)]
    [InlineData("maskgit-class", 1)]
    [InlineData("pytorch-base", 2)]
    [InlineData("pytorch-superres", 1)]
    [InlineData(TinyDecoding.Wide, 1)]
    [InlineData(TinyDecoding.Wide, 2)]
    public void LogitsOfAPictureHaveTheSameBitsInAnyPass(string kind, int threads)
    {
        using var limit = new Threads(threads);
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        using var tiny = TinyDecoding.Make(kind);
        var options = tiny.Options();
        if (options.PicturesPerPass == 1)
            return;
        // A decoder's passes have their own number of threads, however many there are.
        using var ofPass = NewNumThreadsScope(options.Threads);
        var (multiple, shape) = (options.PassMultiple, tiny.Shape);
        var own = Enumerable.Range(0, multiple * (1 + (24 / multiple))).Select(i => (long)(i % shape.Tokens)).ToArray();
        using var subject = tiny.Condition(1, 2);
        float[]? expected = null;
        foreach (var (count, place) in new[] { (1, 0), (2, 1), (5, 3), (8, 0), (8, 7), (13, 6) })
        {
            var conditionings = Enumerable.Range(0, count).Select(i => i == place ? subject : tiny.Condition(10 + i, 30 + i)).ToArray();
            using var joined = Conditioning.Concat(conditionings);
            var tokens = Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, shape.Tokens).Select(t => (long)((i == place ? t * t : t + i) % shape.CodebookSize))).ToArray();
            var gathered = Enumerable.Range(0, count).SelectMany(i => own.Select(r => ((2L * i) * shape.Tokens) + r)).ToArray();
            var logits = tiny.Network.Logits(tensor(tokens, [count, shape.Height, shape.Width]), new RowLayout(count, 2, shape.Positions, options.RowsPerShare(2 * shape.Positions, count)), joined, tensor(gathered));
            var bits = logits.narrow(0, place * own.Length, own.Length).ToArray<float>();
            expected ??= bits;
            Assert.Equal(expected, bits);
            foreach (var other in conditionings.Where(c => c != subject))
                other.Dispose();
        }
    }

    [Fact]
    public void FixedPassesAlwaysAskForTheSameShapes()
    {
        using var tiny = TinyDecoding.Make("base-patch");
        var network = new Recorded(tiny.Network);
        using var decoder = new MaskedDecoder(network, CPU, tiny.Options(4) with { FixedPasses = true });
        var pictures = Enumerable.Range(0, 11).Select(PictureSpec.Other).Where(s => s.Options.Guided).Select(tiny.Start).ToArray();
        foreach (var picture in pictures)
            decoder.Add(picture);
        while (decoder.Pictures.Count > 0)
            decoder.Step();
        Assert.Single(network.Passes.Distinct());
        Assert.Equal(network.Passes.Count, decoder.Passes);
        foreach (var picture in pictures)
            picture.Dispose();
    }

    [Fact]
    public void LogitsAreComputedOnlyWhereTheMaskIs()
    {
        using var tiny = TinyDecoding.Make("superres-patch");
        var network = new Recorded(tiny.Network);
        using var decoder = new MaskedDecoder(network, CPU, new MaskedDecoderOptions());
        using var picture = tiny.Start(new PictureSpec(1, 2, 3, Guided));
        decoder.Add(picture);
        var masked = 64;
        for (var step = 0; step < Guided.Steps; step++)
        {
            decoder.Step();
            Assert.Equal(2 * masked, network.Passes[step].Rows);
            masked = Guided.MaskedAfter(step, 64, masked);
        }
    }

    [Fact]
    public void PassesAreCutByGuidanceAndSize()
    {
        using var tiny = TinyDecoding.Make("base");
        var network = new Recorded(tiny.Network);
        using var decoder = new MaskedDecoder(network, CPU, tiny.Options(3));
        var pictures = Enumerable.Range(0, 7).Select(i => tiny.Start(new PictureSpec(i, 0, 1, Guided with { Guidance = i < 2 ? 0 : 1 }))).ToArray();
        foreach (var picture in pictures)
            decoder.Add(picture);
        decoder.Step();
        if (tiny.Options(3).PicturesPerPass == 3)
            Assert.Equal([(1, 2), (2, 2), (2, 3)], network.Passes.Select(p => (p.Layout.Groups, p.Layout.Pictures)).Order());
        foreach (var picture in pictures)
            picture.Dispose();
    }

    [Fact]
    public void DecodingLeavesNoTensorBehind()
    {
        using var tiny = TinyDecoding.Make("superres-patch-skip");
        using var decoder = tiny.Decoder();
        void Decode()
        {
            var pictures = Enumerable.Range(0, 6).Select(PictureSpec.Other).Select(tiny.Start).ToArray();
            foreach (var picture in pictures)
                decoder.Add(picture);
            while (decoder.Pictures.Count > 1)
                decoder.Step();
            decoder.Remove(decoder.Pictures[0]);
            foreach (var picture in pictures)
                picture.Dispose();
        }

        Decode();
        var before = TensorCount();
        Decode();
        // Without the collector's help: a decoder that lives on must not hold what it no longer needs.
        Assert.Equal(before, Tensor.TotalCount);
        Decode();
        Assert.Equal(before, TensorCount());
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var tiny = TinyDecoding.Make("base");
        using var superres = TinyDecoding.Make("superres-patch");
        using var decoder = tiny.Decoder();
        using var picture = tiny.Start(new PictureSpec(1, 2, 3, Guided));
        using var other = superres.Start(new PictureSpec(1, 2, 3, Guided));
        decoder.Add(picture);
        Assert.Throws<ArgumentException>("picture", () => decoder.Add(picture));
        Assert.Throws<ArgumentException>("picture", () => decoder.Add(other));
        Assert.False(decoder.Remove(other));
        using var one = tiny.Condition(1);
        Assert.Throws<ArgumentException>("conditioning", () => MaskedPicture.New(tiny.Shape, Guided, one, new TokenRandom(1, 0, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.Decoder(new MaskedDecoderOptions { PicturesPerPass = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.Decoder(new MaskedDecoderOptions { RowMultiple = 0 }));
    }

    private static long TensorCount()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }

    private sealed class Broken(MaskedTransformerShape shape) : IMaskedTransformer
    {
        public MaskedTransformerShape Shape => shape;

        public Conditioning Condition(ConditioningInput input) => throw new InvalidOperationException("broken");

        public void Dispose()
        {
        }

        public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows) => throw new InvalidOperationException("broken");
    }

    private sealed class Recorded(IMaskedTransformer network) : IMaskedTransformer
    {
        public List<(RowLayout Layout, long Rows)> Passes { get; } = [];

        public MaskedTransformerShape Shape => network.Shape;

        public Conditioning Condition(ConditioningInput input) => network.Condition(input);

        public void Dispose()
        {
        }

        public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
        {
            lock (Passes)
                Passes.Add((layout, rows!.numel()));
            return network.Logits(tokens, layout, conditioning, rows);
        }
    }
}
