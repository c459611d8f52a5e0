using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>Registers modules under dotted paths, such as <c>downsamplers.0.conv</c>; what lies between are empty containers.</summary>
internal static class ModulePath
{
    /// <summary>Registers a module.</summary>
    /// <param name="root">The module that the path starts from.</param>
    /// <param name="path">Names joined by dots.</param>
    /// <param name="module">The module.</param>
    public static void Register(nn.Module root, string path, nn.Module module)
    {
        string[] names = path.Split('.');
        nn.Module parent = root;
        foreach (string name in names.AsSpan(..^1))
        {
            nn.Module? child = parent.named_children().FirstOrDefault(c => c.name == name).module;
            if (child is null) parent.register_module(name, child = new Container());
            parent = child;
        }

        parent.register_module(names[^1], module);
    }

    private sealed class Container() : nn.Module(nameof(Container));
}
