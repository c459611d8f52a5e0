using System.Buffers.Binary;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Reads one protobuf message field by field (protobuf.dev, "Encoding"). Everything it gives is a slice of the
/// message, so a length that lies costs an error and no memory.
/// </summary>
internal ref struct ProtoReader
{
    private const int VarintKind = 0;
    private const int Fixed64Kind = 1;
    private const int LengthKind = 2;
    private const int Fixed32Kind = 5;

    private readonly ReadOnlyMemory<byte> _message;
    private readonly string _file;
    private readonly string _path;
    private int _position;
    private int _kind;

    /// <summary>Starts at the beginning of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="path">What leads to the message within the file, such as <c>pieces[3]</c>; empty for the outermost.</param>
    public ProtoReader(ReadOnlyMemory<byte> message, string file, string path)
    {
        _message = message;
        _file = file;
        _path = path;
    }

    /// <summary>The number of the field last begun.</summary>
    public int Field { get; private set; }

    /// <summary>Begins the next field; its value must then be read or skipped. False at the end of the message.</summary>
    public bool NextField()
    {
        if (_position == _message.Length)
            return false;
        var tag = Varint("field tag");
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        _kind = (int)(tag & 7);
        if (Field is 0 or > 0x1FFFFFFF)
            throw Fault($"field {tag >> 3}", "a field number from 1 to 536870911");
        return true;
    }

    /// <summary>Reads the field's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes(string name)
    {
        Require(LengthKind, name, "length-delimited");
        var length = Varint(name);
        if (length > (ulong)(_message.Length - _position))
            throw Fault(name, $"at most {_message.Length - _position} bytes, as many as are left, found a length of {length}");
        var bytes = _message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Reads the field as a number; negative ones are in two's complement, as protobuf writes int32.</summary>
    public long Integer(string name)
    {
        Require(VarintKind, name, "varint");
        return (long)Varint(name);
    }

    /// <summary>Reads the field as true or false.</summary>
    public bool Boolean(string name) => Integer(name) != 0;

    /// <summary>Reads the field as a single-precision number.</summary>
    public float Single(string name)
    {
        Require(Fixed32Kind, name, "32-bit");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4, name).Span);
    }

    /// <summary>Passes over a field whose value is of no interest.</summary>
    public void Skip()
    {
        var name = $"field {Field}";
        switch (_kind)
        {
            case VarintKind:
                Varint(name);
                break;
            case Fixed64Kind:
                Take(8, name);
                break;
            case LengthKind:
                Bytes(name);
                break;
            case Fixed32Kind:
                Take(4, name);
                break;
            default:
                throw Fault(name, $"wire type 0, 1, 2 or 5 (groups are not used in these files), found {_kind}");
        }
    }

    /// <summary>An error about a field of this message.</summary>
    public readonly TokenizerFormatException Fault(string name, string expected) =>
        new(_file, _path.Length == 0 ? name : $"{_path}.{name}", expected);

    private readonly void Require(int kind, string name, string kindName)
    {
        if (_kind != kind)
            throw Fault(name, $"a {kindName} value (wire type {kind}), found wire type {_kind}");
    }

    private ReadOnlyMemory<byte> Take(int count, string name)
    {
        if (_message.Length - _position < count)
            throw Fault(name, $"{count} bytes, found {_message.Length - _position} before the end");
        _position += count;
        return _message.Slice(_position - count, count);
    }

    private ulong Varint(string name)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position == _message.Length)
                throw Fault(name, "a varint, found the end within it");
            var part = _message.Span[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Fault(name, "a varint of at most 10 bytes");
    }
}
