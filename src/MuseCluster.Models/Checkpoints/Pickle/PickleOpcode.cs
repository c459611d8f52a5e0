namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>The instructions of pickle protocol 2 that <c>torch.save</c> writes, by their names in CPython's <c>Lib/pickle.py</c>.</summary>
internal static class PickleOpcode
{
    /// <summary>PROTO: a version follows.</summary>
    public const byte Proto = 0x80;

    /// <summary>STOP: the result is on the stack.</summary>
    public const byte Stop = (byte)'.';

    /// <summary>NONE.</summary>
    public const byte None = (byte)'N';

    /// <summary>NEWTRUE.</summary>
    public const byte NewTrue = 0x88;

    /// <summary>NEWFALSE.</summary>
    public const byte NewFalse = 0x89;

    /// <summary>BININT: four bytes, signed.</summary>
    public const byte BinInt = (byte)'J';

    /// <summary>BININT1: one byte, unsigned.</summary>
    public const byte BinInt1 = (byte)'K';

    /// <summary>BININT2: two bytes, unsigned.</summary>
    public const byte BinInt2 = (byte)'M';

    /// <summary>LONG1: a length byte, then so many bytes.</summary>
    public const byte Long1 = 0x8a;

    /// <summary>BINFLOAT: eight bytes, big-endian.</summary>
    public const byte BinFloat = (byte)'G';

    /// <summary>BINUNICODE: a four-byte length, then UTF-8.</summary>
    public const byte BinUnicode = (byte)'X';

    /// <summary>MARK: remembers how high the stack is.</summary>
    public const byte Mark = (byte)'(';

    /// <summary>EMPTY_TUPLE.</summary>
    public const byte EmptyTuple = (byte)')';

    /// <summary>TUPLE: of what lies above the mark.</summary>
    public const byte Tuple = (byte)'t';

    /// <summary>TUPLE1: of the top.</summary>
    public const byte Tuple1 = 0x85;

    /// <summary>TUPLE2: of the upper two.</summary>
    public const byte Tuple2 = 0x86;

    /// <summary>TUPLE3: of the upper three.</summary>
    public const byte Tuple3 = 0x87;

    /// <summary>EMPTY_LIST.</summary>
    public const byte EmptyList = (byte)']';

    /// <summary>APPEND: the top to the list below it.</summary>
    public const byte Append = (byte)'a';

    /// <summary>APPENDS: what lies above the mark to the list below it.</summary>
    public const byte Appends = (byte)'e';

    /// <summary>EMPTY_DICT.</summary>
    public const byte EmptyDict = (byte)'}';

    /// <summary>SETITEM: a key and a value of the dict below them.</summary>
    public const byte SetItem = (byte)'s';

    /// <summary>SETITEMS: keys and values above the mark.</summary>
    public const byte SetItems = (byte)'u';

    /// <summary>BINPUT: stores the top under a byte.</summary>
    public const byte BinPut = (byte)'q';

    /// <summary>LONG_BINPUT: stores the top under four bytes.</summary>
    public const byte LongBinPut = (byte)'r';

    /// <summary>BINGET: recalls by a byte.</summary>
    public const byte BinGet = (byte)'h';

    /// <summary>LONG_BINGET: recalls by four bytes.</summary>
    public const byte LongBinGet = (byte)'j';

    /// <summary>GLOBAL: a module and a name, a line each.</summary>
    public const byte Global = (byte)'c';

    /// <summary>BINPERSID: the top names something outside of the pickle, to torch a storage.</summary>
    public const byte BinPersId = (byte)'Q';

    /// <summary>REDUCE: calls what lies below a tuple of arguments.</summary>
    public const byte Reduce = (byte)'R';

    /// <summary>BUILD: gives an object its attributes.</summary>
    public const byte Build = (byte)'b';
}
