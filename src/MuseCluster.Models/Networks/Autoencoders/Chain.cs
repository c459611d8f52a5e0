using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// Modules one after another, each registered under the dotted path that a reference's file has for it. Parts that a
/// reference's code runs in one loop and its file keeps in several lists stand here in the order in which they run.
/// </summary>
public sealed class Chain : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Path, nn.Module<Tensor, Tensor> Module)> links = [];

    internal Chain()
        : base(nameof(Chain))
    {
    }

    /// <summary>The modules in the order in which they run. A path is empty where a file holds nothing for the module.</summary>
    public IReadOnlyList<(string Path, nn.Module<Tensor, Tensor> Module)> Links => links;

    /// <summary>Computes the output of the last module.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C', H', W'].</returns>
    public override Tensor forward(Tensor input)
    {
        Tensor current = input;
        foreach (var (_, module) in links)
        {
            Tensor next = module.forward(current);
            // What lies between two modules is nobody else's; a picture's worth of it is large.
            if (!ReferenceEquals(current, input)) current.Dispose();
            current = next;
        }

        return ReferenceEquals(current, input) ? input.alias() : current;
    }

    /// <summary>Appends a module.</summary>
    /// <param name="path">Where files keep it below this chain; empty for a module without parameters.</param>
    /// <param name="module">The module.</param>
    internal void Add(string path, nn.Module<Tensor, Tensor> module)
    {
        if (path.Length > 0) ModulePath.Register(this, path, module);
        links.Add((path, module));
    }

    /// <summary>Registers a module that files hold and the reference never runs.</summary>
    /// <param name="path">Where files keep it below this chain.</param>
    /// <param name="module">The module.</param>
    internal void AddUnused(string path, nn.Module module) => ModulePath.Register(this, path, module);
}
