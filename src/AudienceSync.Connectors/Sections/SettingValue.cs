namespace AudienceSync.Connectors.Sections;

/// <summary>
/// A setting as it was written, before a platform reads it: a text, the content of a secret, named parts, or a list. Exactly one of them is
/// there.
/// </summary>
public sealed record SettingValue
{
    private SettingValue() { }

    /// <summary>A scalar, numbers and truth values included.</summary>
    public string? Text { get; private init; }

    public SecretDocument? Secret { get; private init; }

    public IReadOnlyDictionary<string, SettingValue>? Parts { get; private init; }

    public IReadOnlyList<SettingValue>? Items { get; private init; }

    public static SettingValue Of(string text) => new() { Text = text };

    public static SettingValue Of(SecretDocument secret) => new() { Secret = secret };

    public static SettingValue Of(IReadOnlyDictionary<string, SettingValue> parts) => new() { Parts = parts };

    public static SettingValue Of(IReadOnlyList<SettingValue> items) => new() { Items = items };

    /// <summary>Where a reference to a secret belongs, somebody may have written the secret itself.</summary>
    public override string ToString() => "***";
}
