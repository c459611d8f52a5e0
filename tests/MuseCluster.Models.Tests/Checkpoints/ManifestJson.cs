namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>A manifest as people read it: what the writer gives for it, to the byte.</summary>
internal static class ManifestJson
{
    public const string Valid = """
        {
          "formatVersion": 1,
          "name": "shapes",
          "description": "Coloured shapes, 64 x 64 pixels. Trained by `muse train`.",
          "licence": "MIT",
          "stages": {
            "text": {
              "network": "t5-encoder",
              "weights": [
                "text.safetensors"
              ],
              "tokenizer": {
                "kind": "sentencepiece",
                "files": [
                  "tokenizer/spiece.model"
                ]
              },
              "config": {
                "dModel": 64
              }
            },
            "base": {
              "network": "muse-base",
              "weights": [
                "base/model.safetensors.index.json"
              ],
              "config": {
                "hiddenSize": 64,
                "grid": [
                  16,
                  16
                ]
              }
            },
            "superres": {
              "network": "muse-superres",
              "weights": [
                "superres.safetensors"
              ],
              "config": {}
            },
            "pixels": {
              "network": "vqgan",
              "weights": [
                "pixels.safetensors"
              ],
              "config": {}
            }
          },
          "defaults": {
            "steps": 12,
            "srSteps": 6,
            "guidance": 4.5,
            "srGuidance": 1.5,
            "minP": 0.25,
            "temperature": 2,
            "schedule": "square-root"
          },
          "sha256": {
            "base/model-00001-of-00001.safetensors": "0000000000000000000000000000000000000000000000000000000000000000",
            "base/model.safetensors.index.json": "1111111111111111111111111111111111111111111111111111111111111111",
            "pixels.safetensors": "2222222222222222222222222222222222222222222222222222222222222222",
            "superres.safetensors": "3333333333333333333333333333333333333333333333333333333333333333",
            "text.safetensors": "4444444444444444444444444444444444444444444444444444444444444444",
            "tokenizer/spiece.model": "abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd"
          }
        }
        """;
}
