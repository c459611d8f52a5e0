using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Models.Prompts;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Cluster.Grains;

/// <summary>Embeddings on their way: inline where they are small, else as artifacts that equal prompts of a tenant share.</summary>
/// <param name="artifacts">Where large ones lie.</param>
/// <param name="weights">SHA-256 of the model's weights: others encode otherwise.</param>
internal sealed class EncodedTexts(IArtifactStore artifacts, string weights)
{
    private const string ContentType = "application/octet-stream";

    /// <summary>An embedding as bytes.</summary>
    /// <param name="embedding">The embedding.</param>
    public static EncodedText Encode(PromptEmbedding embedding)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var shape = new PromptShape((int)embedding.Embeddings.size(1), (int)embedding.Embeddings.size(2), (int)(embedding.Pooled?.size(1) ?? 0));
        var data = new byte[EncodedText.BytesOf(shape)];
        var rest = data.AsSpan();
        foreach (var numbers in new[] { embedding.Embeddings, embedding.Pooled })
        {
            if (numbers is null)
                continue;
            var bytes = MemoryMarshal.AsBytes(numbers.cpu().contiguous().data<float>());
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }

        MemoryMarshal.AsBytes(embedding.Mask.cpu().contiguous().data<bool>()).CopyTo(rest);
        return new EncodedText(shape, data, null);
    }

    /// <summary>An embedding as the transformers see it.</summary>
    /// <param name="text">The embedding, with its data.</param>
    /// <param name="shape">What the model expects.</param>
    /// <param name="device">Where the model is.</param>
    /// <returns>The embedding; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">It is none of this model.</exception>
    public static PromptEmbedding Decode(EncodedText? text, PromptShape shape, Device device)
    {
        if (text?.Data is not { } data)
            throw new ArgumentException("The item came without the embedding of its prompt.", nameof(text));
        if (text.Shape != shape || data.Length != text.Bytes)
            throw new ArgumentException($"The embedding has {text.Shape} numbers in {data.Length} bytes, expected {shape}: another model made it.", nameof(text));
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var (length, width, pooled) = shape;
        var numbers = MemoryMarshal.Cast<byte, float>(data.Span[..^length]);
        var mask = data.Span[^length..].ToArray();
        return new PromptEmbedding(
            tensor(numbers[..(length * width)].ToArray(), [1, length, width]).to(device),
            tensor(Array.ConvertAll(mask, m => (long)m), [1, length]).ne(0).to(device),
            pooled == 0 ? null : tensor(numbers[(length * width)..].ToArray(), [1, pooled]).to(device)).Keep();
    }

    /// <summary>Puts an embedding that is too large to travel where all can fetch it.</summary>
    /// <param name="text">The embedding.</param>
    /// <param name="tenant">Whose prompt it is.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The embedding as it travels.</returns>
    public async ValueTask<EncodedText> StoreAsync(EncodedText text, string tenant, string prompt, CancellationToken cancellation)
    {
        if (text.Bytes <= EncodedText.MaxInline || text.Artifact is not null || text.Data is not { } data)
            return text;
        var name = ArtifactName.Embedding(tenant, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{weights}\n{prompt}"))));
        using var content = new MemoryStream(data.ToArray(), false);
        await artifacts.WriteAsync(name, content, ContentType, cancellation).ConfigureAwait(false);
        return text with { Data = null, Artifact = name.Path };
    }

    /// <summary>Fetches an embedding that did not travel with its item.</summary>
    /// <param name="text">The embedding as it travelled.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The embedding with its data.</returns>
    /// <exception cref="ArgumentException">The artifact is not there.</exception>
    public async ValueTask<EncodedText?> FetchAsync(EncodedText? text, CancellationToken cancellation)
    {
        if (text?.Artifact is not { } path || text.Data is not null)
            return text;
        await using var artifact = await artifacts.OpenAsync(ArtifactName.Parse(path), cancellation).ConfigureAwait(false)
            ?? throw new ArgumentException($"The embedding {path} is not in the artifact store: it was deleted while the item was on its way.", nameof(text));
        return text with { Data = await artifact.ReadAllAsync(cancellation).ConfigureAwait(false) };
    }
}
