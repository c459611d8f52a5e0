using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Tokenizers.TokenizerJson;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// Reads the files that transformers' <c>CLIPTokenizer</c> saves: <c>vocab.json</c> and <c>merges.txt</c>, and where they are
/// there <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c>.
/// </summary>
internal static class ClipTokenizerFolder
{
    private const long MaxFileBytes = 64 << 20;
    private const int MaxDepth = 64; // System.Text.Json's default

    // The vocabulary of OpenAI's models has 49152 tokens, 256 bytes with and without an end mark among them; the reference takes
    // no more merges than make up the rest.
    private const int MaxMerges = 49152 - 256 - 2;

    private static readonly (string Role, string Default)[] Roles =
        [("bos_token", "<|startoftext|>"), ("eos_token", "<|endoftext|>"), ("pad_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>")];

    /// <summary>Reads a folder.</summary>
    /// <exception cref="TokenizerFormatException">A file does not hold what it should; names file and field.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ClipTokenizer Load(string folder)
    {
        string vocabFile = Path.Combine(folder, "vocab.json"), configFile = Path.Combine(folder, "tokenizer_config.json");
        Dictionary<string, int> ids = ReadVocabulary(vocabFile);
        BytePairMerges merges = new(ReadMerges(Path.Combine(folder, "merges.txt")));
        using JsonDocument? config = Open(configFile);
        using JsonDocument? map = Open(Path.Combine(folder, "special_tokens_map.json"));
        JsonField? configRoot = config is null ? null : JsonField.Root(config.RootElement, configFile);
        JsonField? mapRoot = map is null ? null : JsonField.Root(map.RootElement, Path.Combine(folder, "special_tokens_map.json"));
        if (configRoot?.Optional("tokenizer_class") is { } type && type.Text() is not ("CLIPTokenizer" or "CLIPTokenizerFast"))
            throw type.Fault($"CLIPTokenizer, found '{type.Text()}'");
        List<AddedToken> added = ReadAdded(configRoot, ids);
        int[] special = [.. Roles.Select(role => RoleId(role, configRoot, mapRoot, ids, added, configFile))];
        int? longest = MaxLength(configRoot);
        return new ClipTokenizer(
            new ClipVocabulary(ids, added), merges, new ClipSpecialTokens(special[0], special[1], special[2], special[3]), longest);
    }

    private static Dictionary<string, int> ReadVocabulary(string file)
    {
        using JsonDocument document = Open(file) ?? throw new FileNotFoundException($"{file}: there is no such file", file);
        JsonField root = JsonField.Root(document.RootElement, file);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var taken = new Dictionary<int, string>();
        foreach (var (name, field) in root.Entries())
        {
            int id = field.Integer();
            if (id is < 0 or >= 1 << 24) throw field.Fault($"an id from 0 to {(1 << 24) - 1}, found {id}");
            if (!taken.TryAdd(id, name)) throw field.Fault($"an id that no other token has, found {id}, which is that of '{taken[id]}'");
            ids[name] = id;
        }

        return ids.Count > 0 ? ids : throw root.Fault("at least one token");
    }

    private static List<(string Left, string Right)> ReadMerges(string file)
    {
        // The first line is the version, whatever it holds.
        string[] lines = [.. Text(file).ReplaceLineEndings("\n").Trim().Split('\n').Skip(1).Take(MaxMerges)];
        var merges = new List<(string, string)>(lines.Length);
        foreach (string line in lines)
        {
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw new TokenizerFormatException(file, $"line {merges.Count + 2}", $"two symbols, found {parts.Length}");
            merges.Add((parts[0], parts[1]));
        }

        return merges;
    }

    private static List<AddedToken> ReadAdded(JsonField? config, Dictionary<string, int> ids)
    {
        var added = new List<AddedToken>();
        foreach (var (name, field) in config?.Optional("added_tokens_decoder")?.Entries() ?? [])
        {
            if (!int.TryParse(name, out int id) || id is < 0 or >= 1 << 24) throw field.Fault("an id as the field's name");
            AddedToken token = AddedToken.ReadAs(field, id);
            if (ids.TryGetValue(token.Content, out int known) ? known != id : ids.ContainsValue(id))
                throw field.Property("content").Fault($"the token of id {id}, or one that is not in the vocabulary, with an id that is free, found '{token.Content}'");
            added.Add(token);
        }

        return added;
    }

    /// <summary>
    /// Finds the token of a role and adds it to those that are searched for. As in the reference, the map counts only where the
    /// configuration does not list its tokens.
    /// </summary>
    private static int RoleId(
        (string Role, string Default) role, JsonField? config, JsonField? map, Dictionary<string, int> ids, List<AddedToken> added, string file)
    {
        JsonField? field = config?.Optional("added_tokens_decoder") is null
            ? map?.Optional(role.Role) ?? config?.Optional(role.Role)
            : config.Optional(role.Role);
        string content = field is null ? role.Default : field.IsText ? field.Text() : field.Property("content").Text();
        if (added.Find(t => t.Content == content) is { } known) return known.Id;
        if (!ids.TryGetValue(content, out int id))
            throw (field is { IsText: false } ? field.Property("content") : field)?.Fault($"a token of the vocabulary, found '{content}'") ?? new TokenizerFormatException(file, role.Role, $"a token of the vocabulary; by default it is '{content}'");
        added.Add(new AddedToken(id, content, Special: true, SingleWord: false, StripsLeft: false, StripsRight: false, Normalized: false));
        return id;
    }

    // Where no length was set, the reference writes a number beyond any text's.
    private static int? MaxLength(JsonField? config)
    {
        if (config?.Optional("model_max_length") is not { } field) return null;
        double length = field.Number();
        if (length >= int.MaxValue) return null;
        return length >= 2 && length == Math.Floor(length) ? (int)length : throw field.Fault("a whole number from 2, for begin and end");
    }

    private static JsonDocument? Open(string file)
    {
        if (!File.Exists(file)) return null;
        string text = Text(file);
        try
        {
            JsonFile.CheckText(Encoding.UTF8.GetBytes(text), MaxDepth);
            return JsonDocument.Parse(text);
        }
        catch (InvalidOperationException fault)
        {
            throw new TokenizerFormatException(file, JsonPlace.Of(Encoding.UTF8.GetBytes(text), MaxDepth) ?? "document", "Unicode text", fault);
        }
        catch (JsonException fault)
        {
            throw new TokenizerFormatException(file, JsonPlace.Of(Encoding.UTF8.GetBytes(text), MaxDepth) ?? "document", $"well-formed JSON: {fault.Message}", fault);
        }
    }

    private static string Text(string file)
    {
        long length = new FileInfo(file).Length;
        if (length > MaxFileBytes) throw new TokenizerFormatException(file, "file", $"at most {MaxFileBytes} bytes, found {length}");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException fault)
        {
            throw new TokenizerFormatException(file, "file", "text in UTF-8", fault);
        }
    }
}
