namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Values that a failed template leaves in a field, written as JSON.</summary>
internal static class Junk
{
    /// <summary>Values that are not an identifier in any field.</summary>
    public static readonly string[] Unreadable =
    [
        "null",
        "\"\"",
        "\"   \"",
        "true",
        "false",
        "{}",
        "[]",
        "{\"a\":1}",
        "[1]",
        "[\"x\",\"y\"]",
        "[[[[[]]]]]",
        "{\"a\":{\"b\":[null]}}",
        $"\"{new string('x', 400)}\"",
        $"\"{new string('x', 3_000)}\"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "\"a\\udc00\"",
    ];

    /// <summary>The same, and values that are valid in some fields.</summary>
    public static readonly string[] Values =
    [
        .. Unreadable,
        "0",
        "-1",
        "3",
        "1.5",
        "1e300",
        "99999999999",
        "\"junk\"",
        "\"2026\"",
        "\"20261129\"",
        "\"1969-12-31T23:59:59Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"2026-11-21T23:00:00\"",
        "\"tomorrow\"",
        "\"<script>\"",
        "\"😀\"",
        "\"a\\\\u0000b\"",
        "\"\\t\\n\"",
    ];

    public const string Mark = "@@JUNK@@";

    /// <summary>The JSON of an event whose <see cref="Mark"/> is replaced.</summary>
    public static string Put(string json, string value) => json.Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
}
