using MuseCluster.Models.Networks;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>
/// Decodes a rolling set of pictures: every step runs the network over all of them, each at its own step with its own
/// rules, and pictures join and leave between any two steps. What a picture becomes does not depend on the others.
/// Not for use by several threads at once.
/// </summary>
public sealed class MaskedDecoder : IDisposable
{
    private readonly IMaskedTransformer _network;
    private readonly MaskedDecoderOptions _options;
    private readonly Device _device;
    private readonly List<MaskedPicture> _pictures = [];
    private long _passes;
    private readonly Dictionary<MaskedPicture, (MaskedPicture[] Pictures, Conditioning Joined)> _joined = [];

    /// <summary>Makes an empty decoder.</summary>
    /// <param name="network">The network; owned by the caller.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="options">How passes are cut.</param>
    public MaskedDecoder(IMaskedTransformer network, Device device, MaskedDecoderOptions options)
    {
        options.Validate();
        (_network, _device, _options) = (network, device, options);
    }

    /// <summary>The pictures in the set, in the order they joined.</summary>
    public IReadOnlyList<MaskedPicture> Pictures => _pictures;

    /// <summary>Passes of the network made so far, over all pictures.</summary>
    public long Passes => _passes;

    /// <summary>Takes a picture into the set; its next step is made with everyone's.</summary>
    /// <param name="picture">The picture; still owned by the caller.</param>
    public void Add(MaskedPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var shape = _network.Shape;
        if (picture.Shape.MaskId != shape.MaskId || picture.Shape.CodebookSize != shape.CodebookSize)
            throw new ArgumentException($"The picture has {picture.Shape.CodebookSize} codes and mask {picture.Shape.MaskId}, the network {shape.CodebookSize} and {shape.MaskId}.", nameof(picture));
        if (!shape.Takes(picture.Shape.Height, picture.Shape.Width))
            throw new ArgumentException($"The picture has {picture.Shape.Height} x {picture.Shape.Width} tokens, which the network of {shape.Height} x {shape.Width} does not take.", nameof(picture));
        if (_pictures.Contains(picture))
            throw new ArgumentException("The picture is in the set already.", nameof(picture));
        _pictures.Add(picture);
    }

    /// <summary>Takes a picture out of the set as it stands: paused, cancelled or moved.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>False if it was not in the set.</returns>
    public bool Remove(MaskedPicture picture)
    {
        Forget(pass => pass.Contains(picture));
        return _pictures.Remove(picture);
    }

    /// <summary>Makes one step of every picture and takes the finished ones out of the set.</summary>
    /// <returns>The finished pictures.</returns>
    public IReadOnlyList<MaskedPicture> Step()
    {
        var lanes = PassThreads.Lanes(_options.Threads);
        var passes = _pictures.Where(p => !p.Finished).GroupBy(p => (p.Options.Guided, p.Shape.Height, p.Shape.Width))
            .SelectMany(group => group.Chunk(Math.Clamp((group.Count() + lanes - 1) / lanes, 1, _options.PicturesPerPass))).ToList();
        Forget(known => !passes.Any(pass => pass.AsSpan().SequenceEqual(known)));
        var joined = passes.ConvertAll(Joined);
        PassThreads.SideBySide(passes.Count, _options.Threads, i => Run(passes[i], joined[i]));
        var finished = _pictures.Where(p => p.Finished).ToList();
        _pictures.RemoveAll(p => p.Finished);
        Forget(pass => pass.Any(p => p.Finished));
        return finished;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, joined) in _joined.Values)
            joined.Dispose();
        _joined.Clear();
    }

    private void Run(MaskedPicture[] pictures, Conditioning conditioning)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var shape = pictures[0].Shape;
        var count = Count(pictures);
        var groups = pictures[0].Options.Guided ? 2 : 1;
        var layout = _options.Layout(shape, count, groups);

        var masked = Array.ConvertAll(pictures, p => p.MaskedPositions());
        var starts = new int[pictures.Length];
        var half = 0;
        for (var i = 0; i < pictures.Length; i++)
        {
            starts[i] = half;
            half += Align(_options.FixedPasses ? shape.Tokens : masked[i].Length);
        }
        if (_options.FixedPasses)
            half = count * Align(shape.Tokens);
        half = _options.RowsPerShare(half, groups);
        if (masked.All(m => m.Length == 0))
        {
            foreach (var (picture, positions) in pictures.Zip(masked))
                picture.Advance(positions, [], []);
            return;
        }

        // Conditional rows of all pictures first, then the unconditional rows in the same order. A picture's rows are
        // padded by repeats of row 0, whose logits nobody reads.
        var rows = new long[groups * half];
        var rules = new SamplingRule?[half];
        for (var i = 0; i < pictures.Length; i++)
        {
            var (picture, step) = (pictures[i], pictures[i].Step);
            var rule = picture.Options.StepRule.SamplingAt(picture.Options, step, shape.CodebookSize);
            for (var j = 0; j < masked[i].Length; j++)
            {
                var at = starts[i] + j;
                for (var g = 0; g < groups; g++)
                    rows[(g * half) + at] = (((long)i * groups) + g) * shape.Tokens + masked[i][j];
                rules[at] = rule with { Uniform = picture.Random.Draw(step, masked[i][j]).Token };
            }
        }

        var logits = _network.Logits(Tokens(pictures, count), layout, conditioning, tensor(rows).to(_device));
        Interlocked.Increment(ref _passes);
        var (tokens, probabilities) = _device.type == DeviceType.CPU ? HostSampler.Sample(logits, groups, rules) : DeviceSampler.Sample(logits, groups, rules);
        for (var i = 0; i < pictures.Length; i++)
            pictures[i].Advance(masked[i], tokens.AsSpan(starts[i], masked[i].Length), probabilities.AsSpan(starts[i], masked[i].Length));
    }

    private Tensor Tokens(MaskedPicture[] pictures, int count)
    {
        var shape = pictures[0].Shape;
        var length = shape.Tokens;
        var tokens = new long[count * length];
        for (var i = 0; i < count; i++)
        {
            var grid = pictures[Math.Min(i, pictures.Length - 1)].Grid;
            for (var j = 0; j < length; j++)
                tokens[(i * length) + j] = grid[j];
        }
        return tensor(tokens, [count, shape.Height, shape.Width]).to(_device);
    }

    // Joining keys and values copies them; it is done anew only when a pass has other pictures than before: Step has
    // dropped what was joined for passes that are no more.
    private Conditioning Joined(MaskedPicture[] pictures)
    {
        using var guard = inference_mode();
        var count = Count(pictures);
        if (count == 1)
            return pictures[0].Conditioning;
        if (_joined.TryGetValue(pictures[0], out var known))
            return known.Joined;
        var joined = Conditioning.Concat([.. Enumerable.Range(0, count).Select(i => pictures[Math.Min(i, pictures.Length - 1)].Conditioning)]);
        _joined[pictures[0]] = (pictures, joined);
        return joined;
    }

    private int Count(MaskedPicture[] pictures) => _options.FixedPasses ? _options.PicturesPerPass : pictures.Length;

    private void Forget(Func<MaskedPicture[], bool> stale)
    {
        foreach (var (first, (_, joined)) in _joined.Where(j => stale(j.Value.Pictures)).ToList())
        {
            joined.Dispose();
            _joined.Remove(first);
        }
    }

    private int Align(int rows) => (rows + _options.RowMultiple - 1) / _options.RowMultiple * _options.RowMultiple;
}
