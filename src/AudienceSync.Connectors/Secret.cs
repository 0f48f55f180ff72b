namespace AudienceSync.Connectors;

/// <summary>A token or key that must not reach a log, an error or a URL. Only an explicit call reveals it.</summary>
public sealed class Secret
{
    internal const string MustBeUsable = "A secret must be printable ASCII without spaces, and not empty.";

    private readonly string _value;

    /// <exception cref="ArgumentException">It is not <see cref="IsUsable"/>.</exception>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = IsUsable(value) ? value.Trim() : throw new ArgumentException(MustBeUsable, nameof(value));
    }

    /// <summary>Whether it is not empty and has no character that no token has and that would break a header.</summary>
    public static bool IsUsable(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var trimmed = value.AsSpan().Trim();
        return !trimmed.IsEmpty && !trimmed.ContainsAnyExceptInRange('!', '~');
    }

    public string Reveal() => _value;

    public override string ToString() => "***";
}
