using MuseCluster.Torch.Modules;

namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>PyTorch's <c>torch.nn</c> under TorchSharp's names.</summary>
    public static partial class nn
    {
        /// <summary>A network or a part of one: parameters, buffers and sub-modules under dotted names.</summary>
        /// <param name="name">The module's own name, for messages.</param>
        public abstract partial class Module(string name) : IDisposable
        {
            private readonly List<(string Name, Module Module)> _modules = [];
            private readonly List<(string Name, Parameter Parameter)> _parameters = [];
            private readonly List<(string Name, Tensor Buffer, bool Persistent)> _buffers = [];

            /// <summary>Whether the module is training (dropout active).</summary>
            public bool training { get; private set; } = true;

            /// <summary>The module's own name.</summary>
            /// <returns>The name.</returns>
            public string GetName() => name;

            /// <summary>
            /// Registers every field that holds a module or a parameter under the field's name, in order of declaration, base
            /// classes first. An automatic property counts as a field of its name. Other tensors are buffers only by
            /// <see cref="register_buffer"/>.
            /// </summary>
            protected void RegisterComponents()
            {
                foreach (var field in Fields(GetType()))
                {
                    var key = ComponentName(field.Name);
                    switch (field.GetValue(this))
                    {
                        case Module module when _modules.All(m => m.Module != module):
                            register_module(key, module);
                            break;
                        case Parameter parameter when _parameters.All(p => p.Parameter != parameter):
                            register_parameter(key, parameter);
                            break;
                    }
                }
            }

            /// <summary>Adds a sub-module.</summary>
            /// <param name="name">Its name here.</param>
            /// <param name="submodule">The module.</param>
            /// <exception cref="ArgumentException">The name is empty or dotted.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public void register_module(string name, Module submodule) => _modules.Add((Free(name), submodule));

            /// <summary>Adds a parameter.</summary>
            /// <param name="name">Its name here.</param>
            /// <param name="param">The parameter.</param>
            /// <exception cref="ArgumentException">The name is empty or dotted.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public void register_parameter(string name, Parameter param) => _parameters.Add((Free(name), param));

            /// <summary>Adds a tensor that is not learned but moves with the module.</summary>
            /// <param name="name">Its name here.</param>
            /// <param name="tensor">The tensor; the module owns it.</param>
            /// <param name="persistent">Whether it is saved.</param>
            /// <exception cref="ArgumentException">The name is empty or dotted.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public void register_buffer(string name, Tensor tensor, bool persistent = true) =>
                _buffers.Add((Free(name), tensor.DetachFromDisposeScope(), persistent));

            /// <summary>The direct sub-modules.</summary>
            /// <returns>Names and modules, in order.</returns>
            public IEnumerable<(string name, Module module)> named_children() => _modules;

            /// <summary>The direct sub-modules.</summary>
            /// <returns>The modules, in order.</returns>
            public IEnumerable<Module> children() => _modules.Select(m => m.Module);

            /// <summary>This module and every one below.</summary>
            /// <returns>The modules, depth first.</returns>
            public IEnumerable<Module> modules() => children().SelectMany(m => m.modules()).Prepend(this).Distinct();

            /// <summary>Every parameter below here under its dotted name; one that is shared comes once, under its first.</summary>
            /// <param name="recurse">Include sub-modules.</param>
            /// <returns>Names and parameters, depth first.</returns>
            public IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                (recurse ? AllParameters() : _parameters).DistinctBy(p => p.Parameter);

            /// <summary>Every parameter below here.</summary>
            /// <param name="recurse">Include sub-modules.</param>
            /// <returns>The parameters, depth first.</returns>
            public IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>Every buffer below here under its dotted name.</summary>
            /// <returns>Names and buffers, depth first.</returns>
            public IEnumerable<(string name, Tensor buffer)> named_buffers() => AllBuffers(transient: true);

            /// <summary>
            /// Parameters, then persistent buffers, under their dotted names. The tensors are the module's own; a shared
            /// parameter stands under each of its names.
            /// </summary>
            /// <returns>The map.</returns>
            public Dictionary<string, Tensor> state_dict()
            {
                var state = new Dictionary<string, Tensor>();
                foreach (var (key, parameter) in AllParameters())
                    state[key] = parameter;
                foreach (var (key, buffer) in AllBuffers(transient: false))
                    state[key] = buffer;
                return state;
            }

            /// <summary>Copies values into the parameters and buffers.</summary>
            /// <param name="source">Values by dotted name.</param>
            /// <param name="strict">Refuse missing and unexpected names.</param>
            /// <exception cref="ArgumentException">Names or shapes do not fit; all are listed.</exception>
            public void load_state_dict(IReadOnlyDictionary<string, Tensor> source, bool strict = true)
            {
                var own = Fitting(source, strict);
                using var guard = no_grad();
                foreach (var (key, target) in own)
                    if (source.TryGetValue(key, out var value))
                        target.copy_(value);
            }

            /// <summary>
            /// Replaces the storage of every parameter and buffer by a given tensor, without copying elements. The parameters
            /// record no gradients until <see cref="requires_grad_"/> is called.
            /// </summary>
            /// <param name="source">One tensor per name, of the same shape.</param>
            /// <exception cref="ArgumentException">Names or shapes do not fit; all are listed.</exception>
            public void adopt_state_dict(IReadOnlyDictionary<string, Tensor> source)
            {
                foreach (var (key, target) in Fitting(source, strict: true))
                    Replace(target, source[key], learned: false);
            }

            /// <summary>Moves the parameters and buffers to a device.</summary>
            /// <param name="device">The device.</param>
            public void move_to(Device device) => Convert(t => t.to(device));

            /// <summary>Converts floating-point parameters and buffers to an element type.</summary>
            /// <param name="type">The type.</param>
            public void convert_to(ScalarType type) => Convert(t => IsFloating(t.dtype) ? t.to(type) : t.alias());

            /// <summary>Switches to training or evaluation.</summary>
            /// <param name="on">True for training.</param>
            public void train(bool on = true)
            {
                training = on;
                foreach (var (_, module) in _modules)
                    module.train(on);
            }

            /// <summary>Switches to evaluation.</summary>
            public void eval() => train(false);

            /// <summary>Starts or stops recording gradients for every parameter.</summary>
            /// <param name="requires_grad">False freezes the module.</param>
            public void requires_grad_(bool requires_grad = true)
            {
                foreach (var parameter in parameters())
                    parameter.requires_grad = requires_grad;
            }

            /// <summary>Drops every gradient.</summary>
            public void zero_grad()
            {
                foreach (var parameter in parameters())
                    parameter.grad = null;
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes parameters, buffers and sub-modules.</summary>
            /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (_, parameter) in _parameters)
                    parameter.Dispose();
                foreach (var (_, buffer, _) in _buffers)
                    buffer.Dispose();
                foreach (var (_, module) in _modules)
                    module.Dispose();
            }
        }

        /// <summary>A module of one input.</summary>
        /// <typeparam name="T">The input.</typeparam>
        /// <typeparam name="TResult">The output.</typeparam>
        /// <param name="name">The module's own name.</param>
        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            /// <summary>Computes the output.</summary>
            /// <param name="input">The input.</param>
            /// <returns>The output.</returns>
            public abstract TResult forward(T input);

            /// <summary>Computes the output.</summary>
            /// <param name="input">The input.</param>
            /// <returns>The output.</returns>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A module of two inputs.</summary>
        /// <typeparam name="T1">The first input.</typeparam>
        /// <typeparam name="T2">The second input.</typeparam>
        /// <typeparam name="TResult">The output.</typeparam>
        /// <param name="name">The module's own name.</param>
        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            /// <summary>Computes the output.</summary>
            /// <param name="input1">The first input.</param>
            /// <param name="input2">The second input.</param>
            /// <returns>The output.</returns>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Computes the output.</summary>
            /// <param name="input1">The first input.</param>
            /// <param name="input2">The second input.</param>
            /// <returns>The output.</returns>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }
    }
}
