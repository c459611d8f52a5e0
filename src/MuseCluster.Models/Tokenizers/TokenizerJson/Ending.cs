namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>
/// The <c>post_processor</c> of a tokenizer.json, as far as T5's files go: a template that puts special tokens after
/// the text.
/// </summary>
internal static class Ending
{
    /// <summary>Reads the ids to append, or null if the file has no post-processor.</summary>
    /// <param name="field">The <c>post_processor</c> field, if there is one.</param>
    /// <param name="vocabularySize">The number of ids.</param>
    public static int[]? Read(JsonField? field, int vocabularySize)
    {
        if (field is null)
            return null;
        var type = field.Property("type");
        if (type.Text() != "TemplateProcessing")
            throw type.Fault($"TemplateProcessing, found '{type.Text()}'");
        var ids = new List<int>();
        var textSeen = false;
        foreach (var part in field.Property("single").Items())
        {
            if (part.Optional("Sequence") is { } text)
            {
                var sequence = text.Property("id");
                if (textSeen || sequence.Text() != "A")
                    throw sequence.Fault("the text A, once");
                textSeen = true;
                continue;
            }

            if (!textSeen)
                throw part.Fault("the Sequence of the text A first: tokens before the text are not known here");
            var token = part.Property("SpecialToken").Property("id");
            var special = field.Property("special_tokens").Optional(token.Text()) ?? throw token.Fault($"a name of special_tokens, found '{token.Text()}'");
            foreach (var id in special.Property("ids").Items())
            {
                var value = id.Integer();
                ids.Add(value >= 0 && value < vocabularySize
                    ? value
                    : throw id.Fault($"an id from 0 to {vocabularySize - 1}, found {value}"));
            }
        }

        return textSeen ? [.. ids] : throw field.Property("single").Fault("the text A");
    }
}
