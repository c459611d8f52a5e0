namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// A visible character for every byte, so that a vocabulary of byte strings can be a text file (GPT-2's byte-level BPE): the
/// byte itself as Latin-1 where that prints, else the next character from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstFree = 0x100;
    private static readonly char[] Characters = Make();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    /// <summary>The character that stands for a byte.</summary>
    public static char Character(byte value) => Characters[value];

    /// <summary>The byte that a character stands for; false if for none.</summary>
    public static bool TryByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    private static char[] Make()
    {
        var characters = new char[256];
        int free = FirstFree;
        for (int b = 0; b < characters.Length; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)free++;
        return characters;
    }
}
