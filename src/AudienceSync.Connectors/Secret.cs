namespace AudienceSync.Connectors;

/// <summary>A token or key that must not reach a log, an error or a URL. Only an explicit call reveals it.</summary>
public sealed class Secret
{
    private readonly string _value;

    /// <exception cref="DestinationSettingsException">Empty, or with characters that no token has and that would break a
    /// header.</exception>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value.Trim();
        if (_value.Length == 0 || _value.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new DestinationSettingsException("invalid_secret", "A secret must be printable ASCII without spaces, and not empty.");
        }
    }

    public string Reveal() => _value;

    public override string ToString() => "***";
}
