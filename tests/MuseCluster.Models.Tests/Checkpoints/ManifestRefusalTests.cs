using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class ManifestRefusalTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Text to replace in the valid manifest, its replacement, and a part of a problem.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "\"formatVersion\": 1", "\"formatVersion\": 2", "formatVersion: found '2'; this build reads 1" },
        { "\"formatVersion\": 1", "\"formatVersion\": \"1\"", "formatVersion: found" },
        { "\"formatVersion\": 1,", "", "formatVersion: is missing" },
        { "\"name\": \"shapes\",", "", "name: is missing; expected text" },
        { "\"name\": \"shapes\"", "\"name\": \"../shapes\"", "name: must be" },
        { "\"name\": \"shapes\"", "\"name\": 7", "name: must be text, found a number" },
        { "\"licence\": \"MIT\",", "", "licence: is missing" },
        { "\"licence\": \"MIT\"", "\"licence\": \" \"", "licence: must not be empty" },
        { "\"licence\"", "\"license\"", "'license': unknown field; known are" },
        { "\"description\": \"Coloured shapes, 64 x 64 pixels. Trained by `muse train`.\"", "\"description\": null", "description: must be text, found null" },
        { "\"base\": {", "\"bass\": {", "stages.base: is missing; expected an object" },
        { "\"base\": {", "\"bass\": {", "stages.'bass': unknown field; known are text, base, superres, pixels" },
        { "\"pixels\": {", "\"pixels\": [], \"more\": {", "stages.pixels: must be an object, found a list" },
        { "\"network\": \"vqgan\"", "\"network\": \"VQ GAN\"", "stages.pixels.network: must be" },
        { "\"network\": \"vqgan\",", "", "stages.pixels.network: is missing" },
        { "\"text.safetensors\"\n", "\"/text.safetensors\"\n", "stages.text.weights[0]: file name '/text.safetensors' must not be absolute" },
        { "\"text.safetensors\"\n", "\"a/../text.safetensors\"\n", "stages.text.weights[0]: file name 'a/../text.safetensors' must not leave" },
        { "\"text.safetensors\"\n", "\"C:\\\\text.safetensors\"\n", "stages.text.weights[0]: file name" },
        { "\"text.safetensors\"\n", "\"text.npz\"\n", "stages.text.weights[0]: 'text.npz' must end with .safetensors, .bin" },
        { "\"text.safetensors\"\n", "\"text.safetensors\", \"text.safetensors\"\n", "stages.text.weights[1]: lists 'text.safetensors' twice" },
        { "\"text.safetensors\"\n", "7\n", "stages.text.weights[0]: must be a file name, found a number" },
        { "\"text.safetensors\"\n", "\n", "stages.text.weights: must list at least one file" },
        { "\"text.safetensors\"\n", "\"other.safetensors\"\n", "sha256: has no entry for 'other.safetensors', which stages.text.weights names" },
        { "\"kind\": \"sentencepiece\"", "\"kin\": \"sentencepiece\"", "stages.text.tokenizer.kind: is missing" },
        { "\"tokenizer\": {", "\"tokeniser\": {", "stages.text.tokenizer: is missing; expected an object" },
        { "\"tokenizer/spiece.model\"\n", "\"../spiece.model\"\n", "stages.text.tokenizer.files[0]: file name" },
        { "\"network\": \"muse-superres\"", "\"tokenizer\": {}, \"network\": \"muse-superres\"", "stages.superres.'tokenizer': unknown field" },
        { "\"config\": {}", "\"config\": []", "stages.superres.config: must be an object, found a list" },
        { "\"steps\": 12", "\"steps\": 0", "defaults.steps: must be an integer from 1 to 1024, found 0" },
        { "\"steps\": 12", "\"steps\": 1.5", "defaults.steps: must be an integer" },
        { "\"srSteps\": 6", "\"srSteps\": true", "defaults.srSteps: must be an integer, found true" },
        { "\"guidance\": 4.5", "\"guidance\": -1", "defaults.guidance: must be a number from 0 to 100, found -1" },
        { "\"guidance\": 4.5", "\"guidance\": 1e999", "defaults.guidance: must be a number" },
        { "\"temperature\": 2", "\"temprature\": 2", "defaults.'temprature': unknown field" },
        { "\"square-root\"", "\"Square root\"", "defaults.schedule: must be" },
        { "\"2222", "\"222", "sha256.'pixels.safetensors': must be 64 hex digits" },
        { "\"2222", "\"g222", "sha256.'pixels.safetensors': must be 64 hex digits" },
        { "\"base/model-00001", "\"../model-00001", "sha256.'../model-00001-of-00001.safetensors': the file name must not leave" },
        { "\"sha256\": {", "\"sha256\": 1, \"sha512\": {", "sha256: must be an object, found a number" },
        { "\"licence\": \"MIT\"", "\"licence\": \"MIT\", \"licence\": \"MIT\"", "not valid JSON" },
        { "\"licence\": \"MIT\"", "\"licence\": \"\\ud800\"", "not Unicode" },
        { "\"licence\": \"MIT\",", "\"licence\": \"MIT\"", "not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void ABadFieldIsRefusedByName(string found, string replacement, string problem)
    {
        Assert.Contains(found, ManifestJson.Valid, StringComparison.Ordinal);
        int at = ManifestJson.Valid.IndexOf(found, StringComparison.Ordinal);
        string path = folder.Write("manifest.json", ManifestJson.Valid[..at] + replacement + ManifestJson.Valid[(at + found.Length)..]);

        var refused = Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllProblemsAreListedAtOnce()
    {
        folder.Write("manifest.json", """{"formatVersion":1,"name":"","stages":{"base":{"network":1}},"defaults":{"steps":0},"extra":1}""");
        var refused = Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path));
        Assert.Equal(
            ["name", "licence", "stages.base.network", "stages.base.weights", "stages.base.config", "stages.pixels", "defaults.steps", "sha256", "'extra'"],
            refused.Problems.Select(problem => problem.Split(':')[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void WhatIsNoObjectIsRefused(string text)
    {
        folder.Write("manifest.json", text);
        Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path));
    }

    [Fact]
    public void DepthSizeAndCountsAreBounded()
    {
        folder.Write("manifest.json", new string(' ', ModelManifest.MaxBytes) + ManifestJson.Valid);
        Assert.Contains("the most accepted is 1048576", Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path)).Message, StringComparison.Ordinal);

        folder.Write("manifest.json", ManifestJson.Valid.Replace("\"dModel\": 64", "\"d\": " + new string('[', 1000) + new string(']', 1000), StringComparison.Ordinal));
        Assert.Contains("not valid JSON", Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path)).Message, StringComparison.Ordinal);

        string files = string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"{i}\""));
        folder.Write("manifest.json", ManifestJson.Valid.Replace("\"text.safetensors\"\n", files, StringComparison.Ordinal));
        Assert.Contains("lists 60000 files", Assert.Throws<CheckpointException>(() => ModelManifest.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoManifestIsAnIoError() => Assert.Throws<FileNotFoundException>(() => ModelManifest.Load(folder.Path));
}
