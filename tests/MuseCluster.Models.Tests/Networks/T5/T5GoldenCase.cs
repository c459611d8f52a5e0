using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.T5;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

/// <summary>One of the t5_* folders of tests/golden: an encoder, what it was given and what the reference made of it.</summary>
internal sealed class T5GoldenCase : IDisposable
{
    private readonly List<Tensor> tensors = [];

    public T5GoldenCase(string name)
    {
        Folder = Repository.Golden(name);
        Config = T5Config.Read(Path.Combine(Folder, "config.json"));
        using (var checkpoint = Checkpoint.Open(Folder))
            Encoder = T5EncoderCheckpoint.Load(Config, checkpoint);
        Inputs = Read("inputs.safetensors");
        Outputs = Read("outputs.safetensors");
    }

    public string Folder { get; }

    public T5Config Config { get; }

    public T5Encoder Encoder { get; }

    public IReadOnlyDictionary<string, Tensor> Inputs { get; }

    public IReadOnlyDictionary<string, Tensor> Outputs { get; }

    public Tensor Ids => Inputs["input_ids"];

    public Tensor? Mask => Inputs.GetValueOrDefault("attention_mask");

    public void Dispose()
    {
        Encoder.Dispose();
        foreach (Tensor tensor in tensors) tensor.Dispose();
    }

    private Dictionary<string, Tensor> Read(string file)
    {
        using var opened = SafetensorsFile.Open(Path.Combine(Folder, file));
        var read = new Dictionary<string, Tensor>();
        foreach (TensorView view in opened.Tensors.Values)
        {
            using Tensor mapped = from_blob(view.Pointer, view.Shape, view.DType == TensorDType.I64 ? int64 : float32);
            read.Add(view.Name, mapped.clone().DetachFromDisposeScope());
        }

        tensors.AddRange(read.Values);
        return read;
    }
}
