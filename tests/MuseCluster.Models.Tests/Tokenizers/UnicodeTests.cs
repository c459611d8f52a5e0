using System.Globalization;
using System.Text;
using MuseCluster.Models.Tokenizers.Unicode;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Normalisation and lower case against Python's, which the reference tokenizers use.</summary>
public sealed class UnicodeTests
{
    [Fact]
    public void Form_C_and_lower_case_are_pythons()
    {
        int compared = 0;
        string file = Path.Combine(Repository.Root, "tests", "MuseCluster.Models.Tests", "Tokenizers", "python-unicode.txt");
        foreach (string line in File.ReadLines(file).Where(l => !l.StartsWith('#')))
        {
            string[] texts = Array.ConvertAll(line.Split('|'), Text);
            Assert.True(texts[1] == CanonicalComposition.Normalize(texts[0]), $"form C of {line}");
            Assert.True(texts[2] == LowerCase.Of(texts[0]), $"lower case of {line}");
            compared++;
        }

        Assert.Equal(400, compared);
    }

    [Fact]
    public void Every_hangul_syllable_comes_back_from_its_letters()
    {
        for (int code = 0xAC00; code <= 0xD7A3; code++)
        {
            int syllable = code - 0xAC00, trail = syllable % 28;
            string letters = $"{(char)(0x1100 + (syllable / 588))}{(char)(0x1161 + (syllable % 588 / 28))}";
            if (trail != 0) letters += (char)(0x11A7 + trail);
            Assert.Equal(((char)code).ToString(), CanonicalComposition.Normalize(letters));
        }
    }

    private static string Text(string codes)
    {
        var text = new StringBuilder();
        foreach (string code in codes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            text.Append(new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        return text.ToString();
    }
}
