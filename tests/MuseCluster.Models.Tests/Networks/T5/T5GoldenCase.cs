using MuseCluster.Models.Networks.T5;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

/// <summary>One of the t5_* folders of tests/golden, with its encoder.</summary>
internal sealed class T5GoldenCase : IDisposable
{
    private readonly GoldenCase golden;

    public T5GoldenCase(string name, string weights = "")
    {
        golden = new GoldenCase(name);
        Config = T5Config.Read(golden.Config);
        Encoder = golden.Load(checkpoint => T5EncoderCheckpoint.Load(Config, checkpoint), weights);
    }

    public string Folder => golden.Folder;

    public T5Config Config { get; }

    public T5Encoder Encoder { get; }

    public IReadOnlyDictionary<string, Tensor> Inputs => golden.Inputs;

    public IReadOnlyDictionary<string, Tensor> Outputs => golden.Outputs;

    public Tensor Ids => Inputs["input_ids"];

    public Tensor? Mask => Inputs.GetValueOrDefault("attention_mask");

    public void Dispose()
    {
        Encoder.Dispose();
        golden.Dispose();
    }
}
