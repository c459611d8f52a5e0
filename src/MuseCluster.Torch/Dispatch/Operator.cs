using System.Runtime.CompilerServices;
using System.Text;

namespace MuseCluster.Torch;

/// <summary>
/// An operator of libtorch's dispatcher, e.g. <c>new("aten::add", "Tensor")</c>: any operator of any loaded library, looked
/// up at its first call and called with tagged values. Arguments left off the end take the schema's defaults.
/// </summary>
/// <param name="name">The qualified name, e.g. <c>aten::add</c>.</param>
/// <param name="overload">The overload, e.g. <c>Tensor</c>; empty for the unnamed one.</param>
public sealed unsafe class Operator(string name, string overload = "")
{
    private const int MaxResults = 8;
    private const int MaxStackWords = 128;
    private const int MaxInlineArguments = 16;
    private nint _handle;

    /// <summary>The name and overload as PyTorch writes them, e.g. <c>aten::add.Tensor</c>.</summary>
    public string Name { get; } = overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Calls an operator that returns one tensor.</summary>
    /// <param name="arguments">Its arguments, in the schema's order.</param>
    /// <returns>The tensor, owned by the caller and by the innermost <see cref="DisposeScope"/>.</returns>
    /// <exception cref="TorchException">The operator is unknown, the arguments do not fit, or it failed.</exception>
    [SkipLocalsInit]
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count != 1 || results[0].Kind != ArgumentKind.Tensor)
            throw Unexpected(results, count, "one tensor");
        return torch.Tensor.Own(results[0].Bits);
    }

    /// <summary>Calls an operator that returns several tensors or one list of tensors.</summary>
    /// <param name="arguments">Its arguments, in the schema's order.</param>
    /// <returns>The tensors in order.</returns>
    /// <exception cref="TorchException">The operator is unknown, the arguments do not fit, or it failed.</exception>
    [SkipLocalsInit]
    public torch.Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count == 1 && results[0].Kind == ArgumentKind.TensorList)
            return TakeList(results[0]);
        for (var i = 0; i < count; i++)
            if (results[i].Kind != ArgumentKind.Tensor)
                throw Unexpected(results, count, "only tensors");
        var tensors = new torch.Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = torch.Tensor.Own(results[i].Bits);
        return tensors;
    }

    /// <summary>Calls an operator that answers yes or no.</summary>
    /// <param name="arguments">Its arguments, in the schema's order.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="TorchException">The operator is unknown, the arguments do not fit, or it failed.</exception>
    [SkipLocalsInit]
    public bool CallBool(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count != 1 || results[0].Kind != ArgumentKind.Bool)
            throw Unexpected(results, count, "one flag");
        return results[0].Bits != 0;
    }

    /// <summary>Calls an operator for its effect.</summary>
    /// <param name="arguments">Its arguments, in the schema's order.</param>
    /// <exception cref="TorchException">The operator is unknown, the arguments do not fit, or it failed.</exception>
    [SkipLocalsInit]
    public void Run(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Discard(results, Invoke(arguments, results));
    }

    /// <summary>Calls an operator that writes into <paramref name="self"/>, its first argument.</summary>
    /// <param name="self">The tensor that is written.</param>
    /// <param name="arguments">The arguments after it.</param>
    /// <returns><paramref name="self"/>.</returns>
    /// <exception cref="TorchException">The operator is unknown, the arguments do not fit, or it failed.</exception>
    public torch.Tensor CallInPlace(torch.Tensor self, params ReadOnlySpan<Argument> arguments)
    {
        var inline = default(InlineArguments);
        var count = arguments.Length + 1;
        var all = count <= MaxInlineArguments ? ((Span<Argument>)inline)[..count] : new Argument[count];
        all[0] = self;
        arguments.CopyTo(all[1..]);
        Run(all);
        return self;
    }

    /// <summary>Runs the operator <paramref name="repeats"/> times in C++ alone, to measure what a managed call adds.</summary>
    /// <param name="repeats">How many calls.</param>
    /// <param name="arguments">Its arguments, in the schema's order.</param>
    public void RepeatNatively(long repeats, params ReadOnlySpan<Argument> arguments)
    {
        var words = CountWords(arguments);
        var values = stackalloc NativeValue[arguments.Length];
        var buffer = new long[words];
        fixed (long* scratch = buffer)
        {
            Marshal(arguments, values, scratch);
            NativeMethods.Check(NativeMethods.mt_op_repeat(Handle(), values, arguments.Length, repeats), Name);
        }
        KeepAlive(arguments);
    }

    [SkipLocalsInit]
    private long Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results)
    {
        var handle = Handle();
        var words = CountWords(arguments);
        var values = stackalloc NativeValue[arguments.Length];
        long returned;
        int code;
        if (words <= MaxStackWords)
        {
            var scratch = stackalloc long[words];
            Marshal(arguments, values, scratch);
            code = NativeMethods.mt_op_call(handle, values, arguments.Length, results, MaxResults, &returned);
        }
        else
        {
            fixed (long* scratch = new long[words])
            {
                Marshal(arguments, values, scratch);
                code = NativeMethods.mt_op_call(handle, values, arguments.Length, results, MaxResults, &returned);
            }
        }
        KeepAlive(arguments);
        NativeMethods.Check(code, Name);
        return returned;
    }

    private nint Handle() => _handle is var handle and not 0 ? handle : Find();

    // Two threads may both look it up; either answer is good, and the dispatcher never forgets an operator.
    // The write is volatile so that another processor sees what the handle points to before the handle.
    private nint Find()
    {
        NativeMethods.Check(NativeMethods.mt_op_find(name, overload, out var handle), Name);
        Volatile.Write(ref _handle, handle);
        return handle;
    }

    // What lists and strings need beside the values, in words of 8 bytes.
    private static int CountWords(ReadOnlySpan<Argument> arguments)
    {
        var words = 0;
        foreach (ref readonly var a in arguments)
            words += a.Kind switch
            {
                ArgumentKind.String => StringWords((string)a.Reference!),
                ArgumentKind.IntList or ArgumentKind.DoubleList or ArgumentKind.BoolList or ArgumentKind.TensorList or ArgumentKind.OptionalTensorList =>
                    a.Reference is null ? 1 : ((Array)a.Reference).Length,
                _ => 0,
            };
        return words;
    }

    private static int StringWords(string text) => (Encoding.UTF8.GetMaxByteCount(text.Length) + 7) / 8;

    private static void Marshal(ReadOnlySpan<Argument> arguments, NativeValue* values, long* scratch)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var a = ref arguments[i];
            ref var v = ref values[i];
            v.Kind = a.Kind;
            v.Bits = a.Bits;
            v.Count = 0;
            switch (a.Kind)
            {
                case ArgumentKind.Tensor:
                    v.Bits = ((torch.Tensor)a.Reference!).Handle;
                    break;
                case ArgumentKind.TensorList or ArgumentKind.OptionalTensorList:
                    var tensors = (torch.Tensor?[])a.Reference!;
                    for (var j = 0; j < tensors.Length; j++)
                        scratch[j] = tensors[j] is { } t ? t.Handle : 0;
                    scratch = Point(ref v, scratch, tensors.Length, tensors.Length);
                    break;
                case ArgumentKind.IntList:
                    if (a.Reference is not long[] ints)
                    {
                        scratch[0] = a.Bits;
                        scratch = Point(ref v, scratch, 1, 1);
                        break;
                    }
                    ints.CopyTo(new Span<long>(scratch, ints.Length));
                    scratch = Point(ref v, scratch, ints.Length, ints.Length);
                    break;
                case ArgumentKind.DoubleList:
                    var doubles = (double[])a.Reference!;
                    doubles.CopyTo(new Span<double>(scratch, doubles.Length));
                    scratch = Point(ref v, scratch, doubles.Length, doubles.Length);
                    break;
                case ArgumentKind.BoolList:
                    var flags = (bool[])a.Reference!;
                    for (var j = 0; j < flags.Length; j++)
                        scratch[j] = flags[j] ? 1 : 0;
                    scratch = Point(ref v, scratch, flags.Length, flags.Length);
                    break;
                case ArgumentKind.String:
                    var room = StringWords((string)a.Reference!);
                    var bytes = Encoding.UTF8.GetBytes((string)a.Reference!, new Span<byte>(scratch, room * 8));
                    scratch = Point(ref v, scratch, bytes, room);
                    break;
                case ArgumentKind.Device:
                    var device = (torch.Device)a.Reference!;
                    v.Bits = (long)device.type;
                    v.Count = device.index;
                    break;
            }
        }
    }

    private static long* Point(ref NativeValue value, long* scratch, int count, int words)
    {
        value.Bits = (long)scratch;
        value.Count = count;
        return scratch + words;
    }

    // The arguments are only raw handles during the call: their owners must outlive it.
    private static void KeepAlive(ReadOnlySpan<Argument> arguments)
    {
        foreach (ref readonly var a in arguments)
            GC.KeepAlive(a.Reference);
    }

    private static torch.Tensor[] TakeList(NativeValue list)
    {
        var tensors = new torch.Tensor[list.Count];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = torch.Tensor.Own(((nint*)list.Bits)[i]);
        NativeMethods.mt_list_free((nint)list.Bits);
        return tensors;
    }

    private TorchException Unexpected(NativeValue* results, long count, string expected)
    {
        var kinds = new ArgumentKind[count];
        for (var i = 0; i < count; i++)
            kinds[i] = results[i].Kind;
        Discard(results, count);
        return new TorchException(Name, $"returned [{string.Join(", ", kinds)}] where {expected} was expected");
    }

    private static void Discard(NativeValue* results, long count)
    {
        for (var i = 0; i < count; i++)
        {
            if (results[i].Kind == ArgumentKind.Tensor)
                NativeMethods.mt_tensor_free((nint)results[i].Bits);
            else if (results[i].Kind == ArgumentKind.TensorList)
            {
                for (var j = 0; j < results[i].Count; j++)
                    NativeMethods.mt_tensor_free(((nint*)results[i].Bits)[j]);
                NativeMethods.mt_list_free((nint)results[i].Bits);
            }
        }
    }

    [InlineArray(MaxInlineArguments)]
    private struct InlineArguments
    {
        private Argument _first;
    }
}
