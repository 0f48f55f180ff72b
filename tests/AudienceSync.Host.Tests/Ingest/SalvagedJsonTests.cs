using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AudienceSync.Host.Ingest.Reading;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>What remains of an object with fields that cannot be read.</summary>
public sealed partial class SalvagedJsonTests(ITestOutputHelper output)
{
    /// <summary>All other fields stay as they were sent, whatever they are and wherever the unreadable ones stand.</summary>
    [Fact]
    public void Any_object_with_unreadable_fields_is_read_as_if_these_had_no_value()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 2_000; round++)
        {
            var (sent, intended) = Object(random, depth: 0);
            var item = BodyItem.Parse(Encoding.Latin1.GetBytes(sent));
            using var document = item.Document.ShouldNotBeNull(sent);
            var read = DeepEnd().Replace(document.RootElement.GetRawText(), "\"!\"");
            JsonNode.DeepEquals(JsonNode.Parse(read), JsonNode.Parse(intended)).ShouldBeTrue($"{sent}\n{read}\n{intended}");
            (item.Defect is null).ShouldBe(!intended.Contains("\"!\"", StringComparison.Ordinal), sent);
        }
    }

    private static (string Sent, string Intended) Object(Random random, int depth)
    {
        var (sent, intended) = (new List<string>(), new List<string>());
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var name = $"f{n}";
            if (random.Next(6) == 0)
            {
                sent.AddRange(UnreadableFieldTests.UnreadableFields(random, name));
                intended.Add($"\"{name}\":\"!\"");
            }
            else if (depth < 5 && random.Next(3) == 0)
            {
                var (inner, meant) = Object(random, depth + 1);
                var isList = random.Next(2) == 0;
                sent.Add(isList ? $"\"{name}\":[1, {inner} ]" : $"\"{name}\":{inner}");
                intended.Add(isList ? $"\"{name}\":[1,{meant}]" : $"\"{name}\":{meant}");
            }
            else
            {
                string[] values = ["null", "true", "1.50", "1e3", "\"\"", "\"a\\u0000\\\\\"", "\"\\ud83d\\ude00\"", "[]", "{}"];
                var value = values[random.Next(values.Length)];
                sent.Add($" \"{name}\" : {value} ");
                intended.Add($"\"{name}\":{value}");
            }
        }

        var mixed = sent.ToArray();
        random.Shuffle(mixed);
        return ("{" + string.Join(',', mixed) + "}", "{" + string.Join(',', intended) + "}");
    }

    // Of what is too deep only the depth is lost, and nobody reads that far.
    [GeneratedRegex(@"\[*""\\ud800""\]*", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DeepEnd();
}
