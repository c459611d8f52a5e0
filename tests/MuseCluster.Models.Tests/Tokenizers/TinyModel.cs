using System.Text;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>A sentencepiece model of a few pieces.</summary>
internal static class TinyModel
{
    /// <summary>The content of its file.</summary>
    /// <param name="charsMap">Its normalisation rules; empty for none.</param>
    public static byte[] Of(byte[] charsMap)
    {
        var model = new ProtoMessage();
        foreach (var (text, kind) in new[] { ("<pad>", 3), ("</s>", 3), ("<unk>", 2), ("▁", 1), ("1", 1), ("2", 1), ("x", 1), ("<sep>", 4) })
            model.Fields.Add((1, 2, new ProtoMessage().Set(1, Encoding.UTF8.GetBytes(text)).Set(2, -1f).Set(3, kind).ToBytes()));
        if (charsMap.Length > 0)
            model.Set(3, new ProtoMessage().Set(2, charsMap).ToBytes());
        return model.ToBytes();
    }
}
