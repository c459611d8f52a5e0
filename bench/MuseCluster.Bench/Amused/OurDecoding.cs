using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Prompts;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>This project's guided decoding of one picture with a U-ViT, from nothing but masked tokens, projecting the text included.</summary>
internal sealed class OurDecoding : IDisposable
{
    private readonly IMaskedTransformer _network;
    private readonly ConditioningInput _input;
    private readonly DecodingOptions _options;
    private readonly MaskedDecoder _decoder;

    /// <summary>Prepares a decoding.</summary>
    /// <param name="network">The network; owned by the caller.</param>
    /// <param name="input">What the conditional and the unconditional row are given.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="guidance">aMUSEd's guidance scale.</param>
    internal OurDecoding(IMaskedTransformer network, ConditioningInput input, int steps, double guidance)
    {
        (_network, _input) = (network, input);
        _options = new DecodingOptions { Rule = DecodingRule.Amused, Steps = steps, Guidance = guidance - 1, Temperature = 2 };
        _decoder = new MaskedDecoder(network, CPU, MaskedDecoderOptions.For(network, CPU));
    }

    /// <summary>What both rows of a case are given.</summary>
    /// <param name="inputs">The case.</param>
    internal static ConditioningInput Twice(UVitCase inputs)
    {
        var text = cat([inputs.Text, inputs.Text]);
        return new ConditioningInput(
            new PromptEmbedding(text, ones([2, text.size(1)], torch.@bool), cat([inputs.Pooled, inputs.Pooled])), Micro: cat([inputs.Micro, inputs.Micro]));
    }

    /// <summary>Decodes once.</summary>
    /// <returns>The tokens masked before each step.</returns>
    internal IReadOnlyList<int> Run()
    {
        using var guard = inference_mode();
        using var picture = MaskedPicture.New(_network.Shape, _options, _network.Condition(_input).Keep(), new TokenRandom(7, 0, 0));
        _decoder.Add(picture);
        var masked = new List<int>();
        while (_decoder.Pictures.Count > 0)
        {
            masked.Add(picture.MaskedPositions().Length);
            _decoder.Step();
        }
        return masked;
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();
}
