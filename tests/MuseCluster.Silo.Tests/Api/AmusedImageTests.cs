using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Import;
using MuseCluster.Tests.Shared;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Silo.Tests.Api;

/// <summary>A silo with a published model: its pooled texts, its rule and its sizes come through all stages.</summary>
public sealed class AmusedImageTests(AmusedGateway gateway) : IClassFixture<AmusedGateway>
{
    [Theory]
    [InlineData("auto", 24, 24)]
    [InlineData("24x24", 24, 24)]
    [InlineData("32x16", 32, 16)]
    public async Task A_prompt_gives_the_picture_that_the_pipeline_makes_of_it(string size, int width, int height)
    {
        var answer = await gateway.Http.PostAsJsonAsync("images/generations", new { model = "amused", prompt = "a dog and a cat", negative_prompt = "bad", seed = 11, size });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        JsonNode json = await GatewayFixture.JsonAsync(answer);
        Picture made = Png.Decode(Convert.FromBase64String((string)json["data"]![0]!["b64_json"]!)).Picture;
        Assert.Equal((width, height, $"{width}x{height}"), (made.Width, made.Height, (string)json["size"]!));

        using var model = MuseModel.Load(gateway.Model, CPU);
        using var pipeline = new TextToImagePipeline(model);
        var request = GenerationRequest.From("a dog and a cat", 11, model.Manifest.Defaults) with { Negative = "bad", Width = width, Height = height };
        Assert.True(pipeline.Generate([request])[0].Picture.SamePixels(made));
    }

    [Theory]
    [InlineData("30x24", "multiples of 4")]
    [InlineData("large", "expected auto or a width and a height such as 24x24")]
    [InlineData("24x8192", "up to 4096")]
    public async Task A_size_that_the_model_does_not_make_is_refused_by_its_field(string size, string named)
    {
        var answer = await gateway.Http.PostAsJsonAsync("images/generations", new { model = "amused", prompt = "a dog", size });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        JsonNode error = (await GatewayFixture.JsonAsync(answer))["error"]!;
        Assert.Equal("size", (string)error["param"]!);
        Assert.Contains(named, (string)error["message"]!, StringComparison.Ordinal);
    }
}

/// <summary>A silo that has the golden aMUSEd, added as a user adds it.</summary>
public sealed class AmusedGateway : GatewayFixture
{
    /// <summary>The model's folder.</summary>
    public string Model => Path.Combine(Folder, "models", "amused");

    protected override string[] Models
    {
        get
        {
            if (!Directory.Exists(Model))
                ModelImporter.AddAsync(
                    [Path.Combine(Repository.Root, "tests", "golden", "amused_pipeline_tiny")], new ImportOptions { Models = Path.Combine(Folder, "models"), Name = "amused" }).GetAwaiter().GetResult();
            return [Model];
        }
    }
}
