using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Stages;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Import;

/// <summary>
/// Writes a model anew in this project's own layout: one folder without links, a safetensors file for each stage that holds what its
/// network takes and nothing else, under the names that the files had.
/// </summary>
public static class ModelConverter
{
    /// <summary>Writes a model.</summary>
    /// <param name="source">Its manifest, loaded from its folder.</param>
    /// <param name="target">The folder to write, which is not there yet. The new model has its name.</param>
    /// <param name="dtype">What floating-point weights become: F32, F16 or BF16; null to leave them. Whole numbers stay what they are.</param>
    /// <param name="progress">Told of bytes written and hashed.</param>
    /// <param name="cancellation">Stops the work; nothing is left then.</param>
    /// <returns>The new manifest, as it lies in the folder.</returns>
    /// <exception cref="ModelImportException">The folder is there already.</exception>
    /// <exception cref="CheckpointException">The weights are not the networks', or one is beyond what the type can say; it is named.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static async Task<ModelManifest> WriteAsync(
        ModelManifest source, string target, TensorDType? dtype = null, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(target);
        if (dtype is not (null or TensorDType.F32 or TensorDType.F16 or TensorDType.BF16))
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "expected F32, F16 or BF16");
        var weights = MuseModel.Inspect(source).ToDictionary(w => w.Stage, StringComparer.Ordinal);
        using var folder = new NewFolder(target);
        var writer = new StageWriter(source, folder.Path, dtype, progress, weights.Values.Sum(w => w.Tensors.Sum(t => t.Elements * Stored(t.DType, dtype).ItemSize())), cancellation);
        var manifest = source with
        {
            Name = ModelName.Of(target),
            Text = writer.Write("text", source.Text, weights),
            Base = writer.Write("base", source.Base, weights)!,
            Superres = writer.Write("superres", source.Superres, weights),
            Pixels = writer.Write("pixels", source.Pixels, weights)!,
            Preview = writer.Write("preview", source.Preview, weights),
            Sha256 = new Dictionary<string, string>(),
        };
        manifest = (await manifest.HashFilesAsync(folder.Path, FileProgress.OfHashing(progress), cancellation).ConfigureAwait(false)).Save(folder.Path);
        folder.Commit();
        return manifest with { Folder = Path.GetFullPath(target) };
    }

    private static TensorDType Stored(TensorDType found, TensorDType? wanted) => found.IsFloating() ? wanted ?? found : found;

    private sealed class StageWriter(ModelManifest source, string folder, TensorDType? dtype, IProgress<FileProgress>? progress, long total, CancellationToken cancellation)
    {
        private long _done;

        public StageManifest? Write(string name, StageManifest? stage, Dictionary<string, StageWeights> weights)
        {
            if (stage is null)
                return null;
            string file = $"{name}.safetensors";
            using (var checkpoint = source.OpenWeights(stage))
                SafetensorsWriter.Write(Path.Combine(folder, file), [.. weights[name].Tensors.Select(t => Source(checkpoint[t.Name], file))], cancellation: cancellation);
            return stage with { Weights = [file], Tokenizer = stage.Tokenizer is { } tokenizer ? Copy(tokenizer) : null };
        }

        private TensorSource Source(TensorView view, string file)
        {
            var stored = Stored(view.DType, dtype);
            return new TensorSource(view.Name, stored, view.Shape, stream =>
            {
                if (stored == view.DType)
                    TensorSource.FromView(view).Write(stream);
                else
                    Convert(view, stored, stream);
                _done += view.ByteLength / view.DType.ItemSize() * stored.ItemSize();
                progress?.Report(new FileProgress("converting", file, _done, total));
            });
        }

        // One tensor at a time: that of the largest table is what conversion takes of memory.
        private static void Convert(TensorView view, TensorDType stored, Stream stream)
        {
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            var found = view.ToTensor();
            var converted = found.to(stored.ToScalarType());
            if (found.isfinite().ne(converted.isfinite()).any().item<bool>())
            {
                throw new CheckpointException(
                    view.File, view.Name, $"holds {found.to(float64).abs().max().item<double>():G5}, which is beyond what {stored.HeaderName()} can say; take BF16 or F32 instead");
            }
            CheckpointTensors.Write(converted, stream);
        }

        private TokenizerManifest Copy(TokenizerManifest tokenizer)
        {
            Directory.CreateDirectory(Path.Combine(folder, "tokenizer"));
            string[] names = [.. tokenizer.Files.Select(f => $"tokenizer/{Path.GetFileName(f)}")];
            foreach (var (from, to) in tokenizer.Files.Zip(names))
                File.Copy(source.PathOf(from), Path.Combine(folder, to));
            return tokenizer with { Files = names };
        }
    }
}
