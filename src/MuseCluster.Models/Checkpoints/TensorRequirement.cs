namespace MuseCluster.Models.Checkpoints;

/// <summary>A tensor that a network expects of its checkpoint.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">Its dimensions, to be met exactly; empty for a scalar.</param>
public sealed record TensorRequirement(string Name, params long[] Shape)
{
    /// <summary>Whether its elements must be floating-point numbers: whole ones would be taken for weights that they are not.</summary>
    public bool Floating { get; init; }

    /// <summary>
    /// Checks that a checkpoint holds the tensors a network expects and no others, so that a wrong file fails before
    /// anything is built from it. The tensors that fit are <see cref="Checkpoint.Taken"/> from then on.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="requirements">What the network expects, each name once.</param>
    /// <param name="ignore">Names of tensors that may be there unused, such as tied copies; null for none.</param>
    /// <exception cref="CheckpointException">Lists every missing, misshapen, mistyped and unexpected tensor at once, in this order.</exception>
    /// <exception cref="ArgumentException">Two requirements have one name.</exception>
    public static void Check(Checkpoint checkpoint, IEnumerable<TensorRequirement> requirements, Func<string, bool>? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(requirements);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        List<(string Tensor, string Problem)> missing = [], misshapen = [], mistyped = [], unexpected = [];
        foreach (TensorRequirement requirement in requirements)
        {
            string name = CheckpointException.Quote(requirement.Name);
            if (!expected.Add(requirement.Name)) throw new ArgumentException($"two requirements are named {name}", nameof(requirements));
            string shape = TensorEntry.Show(requirement.Shape);
            if (!checkpoint.TryGet(requirement.Name, out TensorView? view))
                missing.Add((requirement.Name, $"missing {name}, expected shape {shape}"));
            else if (!view.Shape.AsSpan().SequenceEqual(requirement.Shape))
                misshapen.Add((requirement.Name, $"misshapen {name}: found {TensorEntry.Show(view.Shape)}, expected {shape}{Place(checkpoint, view)}"));
            else if (requirement.Floating && !view.DType.IsFloating())
                mistyped.Add((requirement.Name, $"mistyped {name}: found {view.DType.HeaderName()}, expected F32, F16, BF16 or F64{Place(checkpoint, view)}"));
        }

        foreach (TensorView view in checkpoint.Tensors.Values)
        {
            if (!expected.Contains(view.Name) && ignore?.Invoke(view.Name) != true)
                unexpected.Add((view.Name, $"unexpected {view}{Place(checkpoint, view)}"));
        }

        (string Tensor, string Problem)[] all = [.. missing, .. misshapen, .. mistyped, .. unexpected];
        if (all.Length == 0)
        {
            checkpoint.Take(expected);
            return;
        }

        throw new CheckpointException(checkpoint.Path, all[0].Tensor,
            $"does not fit the network that is configured: {missing.Count} missing, {misshapen.Count} misshapen, {mistyped.Count} mistyped, {unexpected.Count} unexpected tensors",
            [.. all.Select(item => item.Problem)]);
    }

    // Of several files, the message begins with the first or with their index.
    private static string Place(Checkpoint checkpoint, TensorView view) => view.File == checkpoint.Path ? "" : $", in {view.File}";
}
