using System.Runtime.InteropServices;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>Files that the reference library wrote.</summary>
public sealed class SafetensorsGoldenTests
{
    public static TheoryData<string, TensorDType> Cases => new()
    {
        { "t5_v10_relu", TensorDType.F32 },
        { "t5_v11_a", TensorDType.F32 },
        { "t5_v11_fp16", TensorDType.F16 },
        { "t5_v11_sharded_bf16", TensorDType.BF16 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void WeightsOpenFromTheirFolder(string name, TensorDType dtype)
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden(name));
        Assert.All(checkpoint.Tensors.Values, view => Assert.Equal(dtype, view.DType));
        Assert.Equal([32, 4], checkpoint["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"].Shape);
        Assert.True(checkpoint.TryGet("shared.weight", out _));
        Assert.Equal(name.Contains("sharded") ? 2 : 1, checkpoint.Files.Count);
        Assert.All(checkpoint.Files, file => Assert.Equal("pt", file.Metadata["format"]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OutputsHaveTheShapesAndExtremesThatTheCaseRecords(string name, TensorDType weights)
    {
        Assert.True(Enum.IsDefined(weights));
        using var outputs = SafetensorsFile.Open(Path.Combine(Repository.Golden(name), "outputs.safetensors"));
        using var described = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Golden(name), "case.json")));
        int seen = 0;
        foreach (JsonProperty output in described.RootElement.GetProperty("outputs").EnumerateObject())
        {
            TensorView view = outputs.Tensors[output.Name];
            Assert.Equal(output.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()), view.Shape);
            float largest = 0;
            foreach (float value in MemoryMarshal.Cast<byte, float>(view.Bytes)) largest = Math.Max(largest, Math.Abs(value));
            Assert.Equal(output.Value.GetProperty("absmax").GetSingle(), largest);
            seen++;
        }

        Assert.Equal(outputs.Tensors.Count, seen);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WritingTheReferencesTensorsGivesTheReferencesBytes(string name, TensorDType weights)
    {
        Assert.True(Enum.IsDefined(weights));
        using var folder = new TempFolder();
        foreach (string path in Directory.GetFiles(Repository.Golden(name), "*.safetensors"))
        {
            using var file = SafetensorsFile.Open(path);
            SafetensorsWriter.Write(folder["copy"], file.Tensors.Values.Reverse().Select(view => TensorSource.FromView(view)), file.Metadata);
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder["copy"]));
        }
    }
}
