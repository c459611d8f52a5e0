using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>
/// Writes a <c>.model</c> as the <c>tokenizer.json</c> that transformers' T5Converter makes of it: the shape of the
/// files published with T5 (legacy), and the shape of later conversions.
/// </summary>
internal static class TokenizerJsonWriter
{
    public const int ExtraIds = 5;

    public static JsonObject Write(byte[] model, bool legacy)
    {
        var proto = ProtoMessage.Parse(model);
        var vocab = new JsonArray();
        var added = new JsonArray();
        foreach (var piece in proto.Messages(1))
        {
            var text = Encoding.UTF8.GetString(piece.Bytes(1)!);
            if (piece.Integer(3, 1) is 2 or 3)
                added.Add(AddedToken(vocab.Count, text));
            vocab.Add(new JsonArray(text, (double)piece.Single(2)));
        }

        for (var i = 0; i < ExtraIds; i++)
            added.Add(AddedToken(vocab.Count + i, $"<extra_id_{i}>"));
        var charsMap = new JsonObject
        {
            ["type"] = "Precompiled",
            ["precompiled_charsmap"] = Convert.ToBase64String(proto.Messages(3).Single().Bytes(2) ?? []),
        };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = added,
            ["normalizer"] = legacy ? charsMap : new JsonObject
            {
                ["type"] = "Sequence",
                ["normalizers"] = new JsonArray(
                    charsMap,
                    new JsonObject { ["type"] = "Strip", ["strip_left"] = false, ["strip_right"] = true },
                    new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["Regex"] = " {2,}" }, ["content"] = "▁" }),
            },
            ["pre_tokenizer"] = legacy
                ? new JsonObject
                {
                    ["type"] = "Sequence",
                    ["pretokenizers"] = new JsonArray(
                        new JsonObject { ["type"] = "WhitespaceSplit" },
                        new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["str_rep"] = "▁", ["add_prefix_space"] = true }),
                }
                : new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = true },
            ["post_processor"] = JsonNode.Parse(
                """
                {"type": "TemplateProcessing",
                 "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                 "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
                          {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                 "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}}
                """),
            ["decoder"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 2,
                ["vocab"] = vocab,
                ["byte_fallback"] = proto.Messages(2).SingleOrDefault()?.Integer(35, 0) is not (null or 0),
            },
        };
    }

    public static byte[] ToBytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json);

    private static JsonObject AddedToken(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
