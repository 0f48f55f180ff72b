using System.Globalization;
using System.Text;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>Generated urlencoded bodies: mostly valid events, so that there is more to break after the first checks.</summary>
internal static class FuzzForms
{
    private static readonly string[] Values =
    [
        "",
        "x",
        "a+b",
        "null",
        "granted",
        "denied",
        "2026-11-20T10:00:00Z",
        "ann%40example.com",
        "%2B12025550147",
        "%",
        "%z1",
        "%ff",
        "%00",
        "%ED%A0%80",
        "%F0%9F%98%80",
        "{",
        "\u00e4",
        "1e999",
    ];

    public static bool IsForm(HttpRequestMessage request, byte[] content) =>
        request.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var types) == true
        && types.ToString().Contains("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && content.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..];

    public static byte[] Next(Random random, IReadOnlyList<string> names)
    {
        var pairs = new List<string>
        {
            "event=audience_" + (random.Next(3) > 0 ? "add" : "remove"),
            string.Create(CultureInfo.InvariantCulture, $"event_id=fuzz+{random.Next(20_000)}"),
            "audience_key=winback_45d_v1",
            "occurred_at=2026-11-20T10%3A00%3A00Z",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(random.Next(2) == 0 ? "person[customer_id]" : "person.customer_id")}=fuzz+{random.Next(2_000)}"
            ),
        };
        for (var more = random.Next(2) == 0 ? random.Next(1, 4) : 0; more > 0; more--)
        {
            var name = names[random.Next(names.Count)];
            name = random.Next(8) switch
            {
                0 => name + "[]",
                1 => $"person[{name}]",
                2 => $"{name}.{names[random.Next(names.Count)]}",
                3 => name + "%zz",
                4 => name + "[",
                _ => name,
            };
            var pair = random.Next(10) == 0 ? name : $"{name}={Values[random.Next(Values.Length)]}";
            if (random.Next(2) == 0)
            {
                pairs.Insert(random.Next(pairs.Count + 1), pair);
            }
            else
            {
                pairs[random.Next(pairs.Count)] = pair;
            }
        }

        return Encoding.Latin1.GetBytes(string.Join('&', pairs));
    }
}
