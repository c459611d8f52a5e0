using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Torch;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.Evaluation;

/// <summary>The model in the box, as a user meets it.</summary>
public sealed class ShapesModelTests : IDisposable
{
    private const string Prompt = "a red circle above a blue square";
    private readonly MuseModel _model = MuseModel.Load(Path.Combine(Root(), "models", "shapes"), torch.CPU);

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(Prompt, 7)]
    [InlineData("three small green triangles on a black background", 0)]
    public void The_readmes_prompts_show_what_they_say(string prompt, ulong seed)
    {
        Assert.True(Caption.TryParse(prompt, out var caption, out _));
        using var pipeline = new TextToImagePipeline(_model);
        var picture = pipeline.Generate([Request(prompt, seed)])[0].Picture;
        Assert.True(ClaimCheck.Check(caption, SceneMeasurement.Measure(picture)).All);
    }

    [Fact]
    public void The_same_seed_gives_the_same_png_alone_and_among_fifteen_others()
    {
        using var pipeline = new TextToImagePipeline(_model);
        var request = Request(Prompt, 7);
        var alone = pipeline.Generate([request])[0];

        var others = EvaluationCaptions.Create(4, 0, seed: 3).Take(15).Select((c, i) => Request(c.Caption.Text, (ulong)i) with { Steps = 20 + i, Guidance = i % 4 }).ToList();
        var among = pipeline.Generate([.. others.Take(9), request, .. others.Skip(9)])[9];

        Assert.Equal(Png.Encode(alone.Picture), Png.Encode(among.Picture));
        Assert.Equal(alone.BaseGrid, among.BaseGrid);
        Assert.Equal(alone.SuperresGrid, among.SuperresGrid);
    }

    [Fact]
    public void The_same_seed_gives_the_same_png_on_any_number_of_threads()
    {
        var before = torch.get_num_threads();
        byte[] Make(int threads)
        {
            torch.set_num_threads(threads);
            using var pipeline = new TextToImagePipeline(_model);
            return Png.Encode(pipeline.Generate([Request("two small blue rings", 1), Request(Prompt, 7)])[1].Picture);
        }
        try
        {
            var one = Make(1);
            Assert.Equal(one, Make(2));
            Assert.Equal(one, Make(3));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void A_picture_that_joins_a_running_batch_half_way_and_moves_to_another_decoder_is_the_same()
    {
        var factory = new PictureFactory(_model);
        var request = Request(Prompt, 7);
        using var prompt = factory.Encode(Prompt);
        using var empty = factory.Encode("");
        var options = MaskedDecoderOptions.For(_model.Base, torch.CPU);

        using var expected = factory.StartBase(request, prompt, empty);
        using var quiet = new MaskedDecoder(_model.Base, torch.CPU, options);
        quiet.Add(expected);
        Finish(quiet);

        using var busy = new MaskedDecoder(_model.Base, torch.CPU, options);
        var others = Enumerable.Range(0, 15).Select(i => factory.StartBase(Request("two blue rings", (ulong)i), prompt, empty)).ToList();
        others.ForEach(busy.Add);
        for (var i = 0; i < 12; i++)
            busy.Step();
        using var late = factory.StartBase(request, prompt, empty);
        busy.Add(late);
        for (var i = 0; i < 10; i++)
            busy.Step();
        busy.Remove(late);
        using var moved = new MaskedPicture(
            late.Shape, late.Grid, late.Step, late.InitiallyMasked, late.Options, factory.StartBase(request, prompt, empty).Conditioning, late.Random);
        using var elsewhere = new MaskedDecoder(_model.Base, torch.CPU, options);
        elsewhere.Add(moved);
        Finish(elsewhere);

        Assert.Equal(expected.Grid.ToArray(), moved.Grid.ToArray());
        others.ForEach(p => p.Dispose());
    }

    [Fact]
    public void Generation_leaks_no_tensor()
    {
        using (var warm = new TextToImagePipeline(_model))
            warm.Generate([Request(Prompt, 1)]);
        Collect();
        var before = torch.Tensor.TotalCount;
        using (var pipeline = new TextToImagePipeline(_model))
            pipeline.Generate([Request(Prompt, 2), Request("a white ring", 3) with { Guidance = 0 }]);
        Collect();
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public async Task The_models_files_are_what_its_manifest_says_and_fit_the_size_promised()
    {
        Assert.Empty(await _model.Manifest.VerifyFilesAsync());
        var bytes = Directory.EnumerateFiles(_model.Manifest.Folder!, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        Assert.InRange(bytes, 1, 25_000_000);
    }

    private GenerationRequest Request(string prompt, ulong seed) => GenerationRequest.From(prompt, seed, _model.Manifest.Defaults);

    private static void Finish(MaskedDecoder decoder)
    {
        while (decoder.Pictures.Count > 0)
            decoder.Step();
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("MuseCluster.sln is not above the tests.");
        return folder.FullName;
    }
}
