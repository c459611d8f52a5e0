using System.Reflection;
using MuseCluster.Torch.Modules;

namespace MuseCluster.Torch;

public static partial class torch
{
    public static partial class nn
    {
        // How a module finds its components, checks what is loaded into them, and moves them.
        public abstract partial class Module
        {
            // Reflection shows a type only its own private fields, so each class of the hierarchy is asked for its own.
            private static IEnumerable<FieldInfo> Fields(Type? type) => type is null || type == typeof(Module)
                ? []
                : Fields(type.BaseType).Concat(type
                    .GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                    .OrderBy(f => f.MetadataToken));

            // The compiler keeps property P in <P>k__BackingField and a captured constructor parameter p in <p>P.
            private static string ComponentName(string field) =>
                field.StartsWith('<') && field.IndexOf('>') is var end and > 1 ? field[1..end] : field.TrimStart('_');

            private static bool IsFloating(ScalarType type) => type is float32 or float16 or bfloat16 or float64;

            private static void Replace(Tensor target, Tensor replacement, bool learned)
            {
                using var leaf = replacement.detach();
                target.Adopt(leaf);
                if (learned)
                    target.requires_grad = true;
            }

            private string Free(string name)
            {
                if (name.Length == 0 || name.Contains('.'))
                    throw new ArgumentException($"A component of {GetName()} cannot be called '{name}': names are neither empty nor dotted.", nameof(name));
                if (_modules.Any(m => m.Name == name) || _parameters.Any(p => p.Name == name) || _buffers.Any(b => b.Name == name))
                    throw new InvalidOperationException($"{GetName()} already has a component called {name}.");
                return name;
            }

            private IEnumerable<(string Name, Parameter Parameter)> AllParameters() =>
                _parameters.Concat(_modules.SelectMany(m => m.Module.AllParameters().Select(p => ($"{m.Name}.{p.Name}", p.Parameter))));

            private IEnumerable<(string Name, Tensor Buffer)> AllBuffers(bool transient) =>
                _buffers.Where(b => transient || b.Persistent).Select(b => (b.Name, b.Buffer))
                    .Concat(_modules.SelectMany(m => m.Module.AllBuffers(transient).Select(b => ($"{m.Name}.{b.Name}", b.Buffer))));

            private Dictionary<string, Tensor> Fitting(IReadOnlyDictionary<string, Tensor> source, bool strict)
            {
                var own = state_dict();
                var problems = own.Keys.Where(k => strict && !source.ContainsKey(k)).Select(k => $"missing {k}")
                    .Concat(source.Keys.Where(k => strict && !own.ContainsKey(k)).Select(k => $"unexpected {k}"))
                    .Concat(own.Where(o => source.TryGetValue(o.Key, out var s) && !s.shape.SequenceEqual(o.Value.shape))
                        .Select(o => $"{o.Key} has shape [{string.Join(", ", source[o.Key].shape)}], expected [{string.Join(", ", o.Value.shape)}]"))
                    .ToList();
                return problems.Count == 0
                    ? own
                    : throw new ArgumentException($"The state does not fit {GetName()}: {string.Join("; ", problems)}.", nameof(source));
            }

            private void Convert(Func<Tensor, Tensor> convert)
            {
                using var guard = no_grad();
                foreach (var tensor in named_parameters().Select(p => (Tensor)p.parameter).Concat(named_buffers().Select(b => b.buffer)).Distinct())
                {
                    var learned = tensor.requires_grad;
                    using var gradient = tensor.grad;
                    using var converted = convert(tensor);
                    Replace(tensor, converted, learned);
                    if (gradient is null)
                        continue;
                    using var moved = convert(gradient);
                    tensor.grad = moved;
                }
            }
        }
    }
}
