using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks;

/// <summary>
/// How the rows of one pass lie in memory: [Pictures, Rows, dim], where each picture's rows are its groups (the conditional
/// one, then the unconditional one) of <paramref name="Positions"/> each, and then padding that no attention sees. Padding
/// brings <paramref name="Rows"/> to a multiple at which matrix kernels round a row the same whatever stands around it.
/// </summary>
/// <param name="Pictures">Pictures in the pass.</param>
/// <param name="Groups">Rows of conditioning per picture: 1, or 2 with guidance.</param>
/// <param name="Positions">Transformer positions per group.</param>
/// <param name="Rows">Rows per picture, at least Groups x Positions.</param>
public readonly record struct RowLayout(int Pictures, int Groups, int Positions, int Rows)
{
    /// <summary>Rows per picture, at least Positions, where all groups still share one: at the grids' input. Default Rows.</summary>
    public int GridRows { get; init; } = Rows;

    /// <summary>Rows of a picture that are not padding.</summary>
    public int Used => Groups * Positions;

    /// <summary>Groups of all pictures.</summary>
    public int Sequences => Pictures * Groups;

    /// <summary>Where pictures' tokens still stand once, before their groups part.</summary>
    internal RowLayout Ungrouped => new(Pictures, 1, Positions, GridRows);

    /// <summary>The rows that are not padding, by groups.</summary>
    /// <param name="rows">[Pictures, Rows, dim].</param>
    /// <returns>[Pictures, Groups, Positions, dim] over the same memory.</returns>
    internal Tensor ByGroup(Tensor rows) => rows.narrow(1, 0, Used).unflatten(1, Groups, Positions);

    /// <summary>The rows that are not padding as grids of channels.</summary>
    /// <param name="rows">[Pictures, Rows, channels].</param>
    /// <param name="height">Rows of a grid.</param>
    /// <param name="width">Columns of a grid; height x width are the positions.</param>
    /// <returns>[Sequences, channels, height, width].</returns>
    internal Tensor Grids(Tensor rows, int height, int width) =>
        rows.narrow(1, 0, Used).reshape(Sequences, height, width, rows.size(2)).permute(0, 3, 1, 2);

    /// <summary>Grids of channels as rows with padding.</summary>
    /// <param name="grids">[Sequences, channels, height, width].</param>
    /// <returns>[Pictures, Rows, channels], zero in padding rows.</returns>
    internal Tensor Lay(Tensor grids) => Pad(grids.flatten(2).transpose(1, 2).reshape(Pictures, Used, grids.size(1)));

    /// <summary>Gives each group of a picture a row of its own and then the rows that they share.</summary>
    /// <param name="first">[Sequences, 1, dim].</param>
    /// <param name="rows">[Pictures, Positions - 1, dim].</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor Share(Tensor first, Tensor rows)
    {
        long dim = rows.size(2);
        Tensor shared = rows.unsqueeze(1).expand(Pictures, Groups, Positions - 1, dim);
        return Pad(cat([first.view(Pictures, Groups, 1, dim), shared], 2).reshape(Pictures, Used, dim));
    }

    /// <summary>Gives each group of a picture the rows that they share.</summary>
    /// <param name="rows">[Pictures, GridRows, dim], laid out as in <see cref="Ungrouped"/>.</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor Share(Tensor rows)
    {
        Tensor own = rows.narrow(1, 0, Positions);
        return Pad(Groups == 1 ? own : cat([.. Enumerable.Repeat(own, Groups)], 1));
    }

    /// <summary>x (1 + scale) + shift for each group, in place.</summary>
    /// <param name="rows">[Pictures, Rows, dim].</param>
    /// <param name="modulation">[Sequences, 2 x dim]: scale, then shift.</param>
    /// <returns><paramref name="rows"/>.</returns>
    internal Tensor Modulate(Tensor rows, Tensor modulation)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = modulation.view(Pictures, Groups, 1, modulation.size(1)).chunk(2, -1);
        ByGroup(rows).mul_(parts[0].add(1)).add_(parts[1]);
        return rows;
    }

    /// <summary>Rows of sequences, without padding.</summary>
    /// <param name="x">[Pictures, Rows, dim].</param>
    /// <param name="rows">int64 [M]: sequence x positions + position; null for all, in order.</param>
    /// <returns>[M, dim].</returns>
    internal Tensor Choose(Tensor x, Tensor? rows) => rows is null ? ByGroup(x).reshape(-1, x.size(2)) : x.view(-1, x.size(2)).index_select(0, Order(rows));

    /// <summary>Where rows of sequences lie among the rows of a pass.</summary>
    /// <param name="rows">int64 [M]: sequence x positions + position.</param>
    /// <returns>int64 [M]: picture x rows + row.</returns>
    internal Tensor Order(Tensor rows) => Rows == Used ? rows : rows.add(rows.floor_divide(Used).mul(Rows - Used));

    private Tensor Pad(Tensor used) => Rows == Used ? used.contiguous() : nn.functional.pad(used, [0, 0, 0, Rows - Used]);
}
