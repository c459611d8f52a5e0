namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle of protocol 2 as <c>torch.save</c> writes it: a program for a small stack machine (CPython's
/// <c>Lib/pickletools.py</c> describes its instructions). Instructions that torch.save does not write are refused, names outside
/// of <see cref="PickleGlobal"/>'s list too, and a call makes one of this folder's values or is refused. So a file can neither run code nor
/// make anything but numbers, texts, containers and descriptions of tensors.
/// </summary>
/// <remarks>
/// Memory and time are proportional to the pickle's length: each instruction makes one value at most, what is memoised is
/// shared rather than copied, and nothing recurses.
/// </remarks>
internal ref struct PickleMachine
{
    /// <summary>The most instructions run: some hundred thousand tensors, and it bounds what a hostile pickle can allocate.</summary>
    public const int MaxInstructions = 1 << 22;

    private static readonly object?[] EmptyTuple = [];

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private PickleReader reader;

    private PickleMachine(ReadOnlySpan<byte> pickle, string file, string entry) => reader = new PickleReader(pickle, file, entry);

    /// <summary>The object that a pickle holds.</summary>
    /// <param name="pickle">The bytes.</param>
    /// <param name="file">Path of the archive, for messages.</param>
    /// <param name="entry">Name of the entry in it, for messages.</param>
    /// <exception cref="CheckpointException">The pickle is malformed, or holds what is not read.</exception>
    public static object? Load(ReadOnlySpan<byte> pickle, string file, string entry)
    {
        var machine = new PickleMachine(pickle, file, entry);
        return machine.Run();
    }

    private object? Run()
    {
        if (reader.Opcode() != PickleOpcode.Proto) throw reader.Refuse("is not a pickle: it does not begin with a protocol");
        if (reader.Byte() is var protocol and not 2) throw reader.Refuse($"is a pickle of protocol {protocol}; expected protocol 2, which torch.save writes");
        for (int run = 0; run < MaxInstructions; run++)
        {
            byte opcode = reader.Opcode();
            if (opcode == PickleOpcode.Stop)
            {
                object? result = Pop();
                return stack.Count == 0 && marks.Count == 0 ? result : throw reader.Refuse("stops with values left over");
            }

            if (!Number(opcode) && !Container(opcode)) Other(opcode);
        }

        throw reader.Refuse($"holds more than {MaxInstructions} instructions");
    }

    private bool Number(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: Push(null); return true;
            case PickleOpcode.NewTrue: Push(true); return true;
            case PickleOpcode.NewFalse: Push(false); return true;
            case PickleOpcode.BinInt: Push((long)reader.Int32()); return true;
            case PickleOpcode.BinInt1: Push((long)reader.Byte()); return true;
            case PickleOpcode.BinInt2: Push((long)reader.UInt16()); return true;
            case PickleOpcode.Long1: Push(reader.Integer(reader.Byte())); return true;
            case PickleOpcode.BinFloat: Push(reader.Double()); return true;
            default: return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: marks.Push(stack.Count); return true;
            case PickleOpcode.EmptyTuple: Push(EmptyTuple); return true;
            case PickleOpcode.Tuple: Push(PopMarked()); return true;
            case PickleOpcode.Tuple1: Push(PopMany(1)); return true;
            case PickleOpcode.Tuple2: Push(PopMany(2)); return true;
            case PickleOpcode.Tuple3: Push(PopMany(3)); return true;
            case PickleOpcode.EmptyList: Push(new List<object?>()); return true;
            case PickleOpcode.Append: Append(PopMany(1)); return true;
            case PickleOpcode.Appends: Append(PopMarked()); return true;
            case PickleOpcode.EmptyDict: Push(new PickleDict()); return true;
            case PickleOpcode.SetItem: SetItems(PopMany(2)); return true;
            case PickleOpcode.SetItems: SetItems(PopMarked()); return true;
            default: return false;
        }
    }

    private void Other(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinUnicode: Push(reader.Text(reader.UInt32())); break;
            case PickleOpcode.BinPut: memo[reader.Byte()] = Peek(); break;
            case PickleOpcode.LongBinPut: memo[reader.UInt32()] = Peek(); break;
            case PickleOpcode.BinGet: Push(Recall(reader.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Recall(reader.UInt32())); break;
            case PickleOpcode.Global: Push(Global(reader.Line(), reader.Line())); break;
            case PickleOpcode.BinPersId: Push(PickleCalls.Storage(Pop(), reader)); break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.Build: Build(); break;
            default:
                throw reader.Refuse($"holds the instruction 0x{opcode:x2}, which torch.save does not write");
        }
    }

    private readonly PickleGlobal Global(string module, string name) => PickleGlobal.Find(module, name)
        ?? throw reader.Refuse($"names the global {CheckpointException.Quote($"{module}.{name}")}, which is not read; expected {PickleGlobal.Expected}");

    private readonly void Reduce()
    {
        object? arguments = Pop();
        object? called = Pop();
        if (called is not PickleGlobal global)
            throw reader.Refuse($"calls {PickleValue.Describe(called)}; expected {PickleGlobal.Expected}");
        if (arguments is not object?[] tuple)
            throw reader.Refuse($"calls {global.Name} with {PickleValue.Describe(arguments)}; expected a tuple");
        Push(PickleCalls.Call(global, tuple, reader));
    }

    // torch.save keeps the _metadata of a state dict as the OrderedDict's attributes. Nothing here needs them.
    private readonly void Build()
    {
        object? state = Pop();
        if (Peek() is not PickleDict || state is not PickleDict)
            throw reader.Refuse($"sets {PickleValue.Describe(state)} as the attributes of {PickleValue.Describe(Peek())}; expected a dict's, of an OrderedDict");
    }

    private readonly void Append(object?[] values)
    {
        if (Peek() is not List<object?> list) throw reader.Refuse($"appends to {PickleValue.Describe(Peek())}; expected a list");
        list.AddRange(values);
    }

    private readonly void SetItems(object?[] values)
    {
        if (Peek() is not PickleDict dict) throw reader.Refuse($"sets items of {PickleValue.Describe(Peek())}; expected a dict");
        if (values.Length % 2 != 0) throw reader.Refuse("sets an item that has a key and no value");
        for (int i = 0; i < values.Length; i += 2) dict.Items.Add(new(values[i], values[i + 1]));
    }

    private readonly object? Recall(uint key) =>
        memo.TryGetValue(key, out object? value) ? value : throw reader.Refuse($"recalls value {key}, which was never stored");

    private readonly void Push(object? value) => stack.Add(value);

    private readonly object? Peek() => stack.Count > Floor ? stack[^1] : throw Empty();

    private readonly object? Pop()
    {
        object? top = Peek();
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private readonly object?[] PopMany(int count) => stack.Count - count >= Floor ? Cut(stack.Count - count) : throw Empty();

    private readonly object?[] PopMarked() => marks.TryPop(out int mark) ? Cut(mark) : throw reader.Refuse("takes values from a mark that was never set");

    private readonly object?[] Cut(int from)
    {
        object?[] values = [.. stack[from..]];
        stack.RemoveRange(from, values.Length);
        return values;
    }

    private readonly int Floor => marks.TryPeek(out int mark) ? mark : 0;

    private readonly CheckpointException Empty() => reader.Refuse("takes a value from an empty stack");
}
