namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>The <c>pre_tokenizer</c> of a tokenizer.json: the steps of tokenizers' pre_tokenizers module that T5's files use.</summary>
internal sealed class PreTokenization
{
    private readonly List<IPreTokenizationStep> _steps = [];

    private PreTokenization()
    {
    }

    /// <summary>Whether words may begin with a space the text did not have.</summary>
    public bool Prepends => _steps.Any(step => step is MetaspaceStep { Prepends: true });

    /// <summary>Reads the steps; null means none.</summary>
    public static PreTokenization Read(JsonField? field)
    {
        var result = new PreTokenization();
        if (field is not null)
            result.Add(field);
        return result;
    }

    /// <summary>Cuts <paramref name="text"/> into words.</summary>
    /// <param name="text">Normalised text.</param>
    /// <param name="atTextStart">Whether it begins the whole text, no added token being before it.</param>
    public Words Apply(List<byte> text, bool atTextStart)
    {
        var words = Words.Whole(text);
        foreach (var step in _steps)
            words = step.Apply(words, atTextStart);
        return words;
    }

    private void Add(JsonField field)
    {
        var type = field.Property("type");
        switch (type.Text())
        {
            case "Sequence":
                foreach (var step in field.Property("pretokenizers").Items())
                    Add(step);
                break;
            case "WhitespaceSplit":
                _steps.Add(new WhitespaceSplitStep());
                break;
            case "Metaspace":
                _steps.Add(ReadMetaspace(field));
                break;
            default:
                throw type.Fault($"Sequence, WhitespaceSplit or Metaspace, found '{type.Text()}'");
        }
    }

    private static MetaspaceStep ReadMetaspace(JsonField field)
    {
        var replacement = field.Property("replacement");
        if (replacement.Text() != "\u2581")
            throw replacement.Fault("U+2581, the space of sentencepiece's vocabularies");
        var scheme = PrependScheme.Always;
        if (field.Optional("prepend_scheme") is { } named)
        {
            scheme = named.Text() switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                _ => throw named.Fault("always, first or never"),
            };
        }

        // Files older than prepend_scheme say it with a flag.
        if (field.Optional("add_prefix_space")?.Boolean() == false)
            scheme = PrependScheme.Never;
        return new MetaspaceStep(scheme, field.Optional("split")?.Boolean() ?? true);
    }
}
