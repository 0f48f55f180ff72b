using System.Globalization;

namespace AudienceSync.Domain.Decisions;

/// <summary>The JSON types that the value of a field may have: what a template can compare without parsing.</summary>
public enum FieldKind
{
    Null,
    Boolean,
    Number,
    Text,
}

/// <summary>The value of a field of a decision.</summary>
public readonly record struct FieldValue
{
    private FieldValue(FieldKind kind, long number, string? text) => (Kind, Number, Text) = (kind, number, text);

    public static readonly FieldValue Null;

    public FieldKind Kind { get; }

    /// <summary>Of a number; 1 for true.</summary>
    public long Number { get; }

    /// <summary>Of a text; otherwise null.</summary>
    public string? Text { get; }

    public static FieldValue Of(bool value) => new(FieldKind.Boolean, value ? 1 : 0, null);

    public static FieldValue Of(bool? value) => value is { } known ? Of(known) : Null;

    public static FieldValue Of(long value) => new(FieldKind.Number, value, null);

    public static FieldValue Of(string? value) => value is null ? Null : new(FieldKind.Text, 0, value);

    /// <summary>A time as ISO 8601 in UTC, to the second: <c>2026-11-30T20:35:25Z</c>.</summary>
    public static FieldValue Of(DateTimeOffset? value) =>
        value is { } time ? Of(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)) : Null;
}

/// <summary>A field of a decision.</summary>
/// <param name="Name">Its name: lower case letters, digits and underscores, so that a template can name it.</param>
/// <param name="Value">Its value.</param>
public readonly record struct NamedValue(string Name, FieldValue Value);
