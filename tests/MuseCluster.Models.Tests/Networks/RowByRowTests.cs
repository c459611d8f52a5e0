using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>A batch is what its rows are one by one: each row of a golden case, run alone, gives that row of the reference's output.</summary>
public sealed class RowByRowTests
{
    // Of a family: the output that is compared, and what makes it of a row's inputs.
    private static readonly (NetworkFamily Family, string Output, Func<nn.Module, Func<string, Tensor?>, Tensor> Run)[] Runs =
    [
        (NetworkFamily.T5, "last_hidden_state", (n, input) => ((T5Encoder)n).forward(input("input_ids")!, input("attention_mask"))),
        (NetworkFamily.ClipText, "text_embeds", (n, input) => ((ClipTextEncoder)n).forward(input("input_ids")!, input("attention_mask")).TextEmbeds!),
        (NetworkFamily.DiffusersUVit, "logits", (n, input) => ((UVit2DModel)n).forward(input("input_ids")!, input("encoder_hidden_states")!, input("pooled_text_emb")!, input("micro_conds")!)),
        (NetworkFamily.MaskGit, "logits", (n, input) => ((MaskGitTransformer)n).forward(input("input_ids")!, input("encoder_hidden_states"), input("encoder_attention_mask"))),
        (NetworkFamily.MuseMaskGitPytorch, "logits", (n, input) => ((Transformer)n).forward(input("ids")!, input("text_embeds")!, input("conditioning_token_ids"), input("self_cond_embed")).Logits),
    ];

    public static TheoryData<string> Families => [.. Runs.Select(r => r.Family.Name)];

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryRowAloneIsThatRowOfTheReference(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var (kind, output, run) = Runs.Single(r => r.Family.Name == family);
        int rows = 0;
        foreach (string name in GoldenCases.Of(kind))
        {
            using var golden = new GoldenCase(name);
            if (!golden.Outputs.TryGetValue(output, out Tensor? expected) || expected.size(0) < 2) continue;
            using nn.Module network = golden.Load(c => kind.Load(golden.Config, c));
            for (long row = 0; row < expected.size(0); row++, rows++)
            {
                Tensor actual = run(network, input => golden.Inputs.GetValueOrDefault(input)?.narrow(0, row, 1));
                Assert.True(allclose(actual, expected.narrow(0, row, 1), 2e-5, 2e-5), $"{name}: row {row}");
            }
        }

        Assert.True(rows > 1, "no case has two rows");
    }
}
