using System.Text;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Text of every kind a prompt may hold, and bytes no text should: the same for the same seed.</summary>
internal sealed class TextSamples(int seed)
{
    private static readonly string[] English =
        ("a the of in on with and to is painting photo oil watercolor portrait landscape cat dog horse robot astronaut riding "
        + "castle mountain river sunset sunrise forest city street night neon light shadow red green blue yellow bright dark "
        + "highly detailed digital art style ancient modern tiny giant flying swimming reading holding wearing hat glasses "
        + "library kitchen garden flowers roses tulips snow rain storm ocean waves beach bicycle train airplane rocket "
        + "cinematic lighting 4k 8k render unreal engine trending studio ghibli rembrandt van gogh monet don't it's re-run")
        .Split(' ');

    private static readonly string[] Foreign =
        ["東京タワー", "夜の街", "写真", "猫", "机器人", "骑着", "城堡", "漢字", "ひらがな", "カタカナ", "ｶﾀｶﾅ", "한국어", "고양이", "서울", "그림",
         "قطة", "مدينة", "السلام", "ﷺ", "ﷲ", "לילה", "хорошо", "кошка", "город", "γάτα", "बिल्ली", "नमस्ते", "แมว", "สวัสดี", "tiếng Việt", "café", "naïve", "Straße"];

    private static readonly string[] Odd =
        ["👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "❤️", "🇩🇪", "🧙‍♂️", "e\u0301", "a\u0308\u0323", "\u0301", "n\u0303o", "क्ष", "각", "\u1112\u1161\u11ab",
         "ＦＵＬＬ", "ｗｉｄｔｈ", "１２３", "！？", "ﬁ", "ﬂower", "oﬃce", "ĳ", "№", "㎏", "Ⅷ", "①", "½", "™", "x²", "ﬀ\u0301",
         "\u0001", "\u0007", "\u001b[0m", "\u007f", "\u0080", "\u0085", "\u008f", "\0", "\u200b", "\u200d", "\u200e", "\ufeff", "\u00ad", "\ufffd", "\u2028",
         "▁", "▁▁a", "a▁b", "</s>", "<unk>", "<pad>", "<extra_id_0>", "＜／ｓ＞", "<0x41>", "<sep>", "[NAME]", "x<sep>y", "abab", "\U0010ffff", "\ue000", "𝔘𝔫𝔦", "ǅ", "ß", "İ"];

    private static readonly string[] Spaces = [" ", " ", " ", " ", " ", "  ", "     ", "\t", "\u00a0", "\u3000", "\u2003", " \u3000 ", "\u1680", "\u000b", "\u000c", "\r", ""];

    private static readonly byte[][] Broken =
        [[0x80], [0xBF, 0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE3, 0x81], [0xED, 0xA0, 0x80],
         [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
         [0xFE], [0xFF], [0xE3, 0x81, 0x41], [0xC3, 0xC3, 0xA9]];

    private readonly Random _random = new(seed);

    /// <summary>Well-formed lines to train on.</summary>
    public IEnumerable<string> TrainingLines(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var words = Enumerable.Range(0, _random.Next(3, 14)).Select(_ => _random.Next(5) == 0 ? Pick(Foreign) : Word());
            yield return string.Join(_random.Next(6) == 0 ? "  " : " ", words);
        }
    }

    /// <summary>Plain prompts: words the training text has, single spaces, nothing normalisation would change.</summary>
    public IEnumerable<string> CleanLines(int count)
    {
        for (var i = 0; i < count; i++)
            yield return string.Join(' ', Enumerable.Range(0, _random.Next(1, 20)).Select(_ => Pick(English)));
    }

    /// <summary>Lines of everything, a third of them of known words only and a third broken, without line feeds, which end a line for <c>spm_encode</c>.</summary>
    public IEnumerable<byte[]> HostileLines(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var parts = (i % 1000) switch { 0 => 0, 7 => 20_000, 11 => 3_000, < 30 => 300, _ => _random.Next(1, 25) };
            yield return Line(parts, kinds: i % 3 == 1 ? 7 : 12, brokenOneIn: i % 3 == 0 ? 6 : int.MaxValue);
        }
    }

    private byte[] Line(int parts, int kinds, int brokenOneIn)
    {
        var line = new List<byte>();
        for (var i = 0; i < parts; i++)
        {
            if (brokenOneIn != int.MaxValue && _random.Next(brokenOneIn) == 0)
                line.AddRange(_random.Next(4) == 0 ? RandomBytes() : Pick(Broken));
            var text = _random.Next(kinds) switch
            {
                < 5 => Word(),
                < 7 => Pick(Foreign),
                < 9 => Pick(Odd),
                9 => RandomScalar(0x20, 0x3000),
                10 => RandomScalar(0x3000, 0xFFFF),
                _ => RandomScalar(0x20, 0x1FFFF),
            };
            line.AddRange(Encoding.UTF8.GetBytes(text));
            if (_random.Next(3) > 0)
                line.AddRange(Encoding.UTF8.GetBytes(Pick(Spaces)));
        }

        line.RemoveAll(value => value == (byte)'\n');
        return [.. line];
    }

    private string Word()
    {
        var word = Pick(English);
        return _random.Next(12) switch
        {
            0 => char.ToUpperInvariant(word[0]) + word[1..],
            1 => word + Pick([",", ".", "!", "?", ";", ":", "...", "s", "ing"]),
            2 => _random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
            3 => word + Pick(English),
            _ => word,
        };
    }

    private string RandomScalar(int from, int to)
    {
        var code = _random.Next(from, to);
        return code is >= 0xD800 and <= 0xDFFF ? "x" : char.ConvertFromUtf32(code);
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[_random.Next(1, 6)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
