namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>A token matched in the text as a whole, before the model sees it (tokenizers, added_vocabulary.rs).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether it is a mark rather than text, and decoding drops it.</param>
/// <param name="SingleWord">Whether it counts only where no word character touches it.</param>
/// <param name="StripsLeft">Whether it takes the white space before it along.</param>
/// <param name="StripsRight">Whether it takes the white space after it along.</param>
/// <param name="Normalized">Whether it is looked for in normalised text instead of the raw text.</param>
internal sealed record AddedToken(
    int Id, string Content, bool Special, bool SingleWord, bool StripsLeft, bool StripsRight, bool Normalized)
{
    /// <summary>Reads one entry of <c>added_tokens</c>.</summary>
    public static AddedToken Read(JsonField field) => ReadAs(field, field.Property("id").Integer());

    /// <summary>Reads one entry of a tokenizer_config.json's <c>added_tokens_decoder</c>, whose name is the id.</summary>
    public static AddedToken ReadAs(JsonField field, int id)
    {
        var token = new AddedToken(
            id,
            field.Property("content").Text(),
            Flag(field, "special"),
            Flag(field, "single_word"),
            Flag(field, "lstrip"),
            Flag(field, "rstrip"),
            Flag(field, "normalized"));
        return token.Content.Length > 0 ? token : throw field.Property("content").Fault("a token that is not empty");
    }

    private static bool Flag(JsonField field, string name) => field.Optional(name)?.Boolean() ?? false;
}
