namespace AudienceSync.Host.Rebuilding;

/// <summary>A rebuild cannot start or cannot continue. Nothing was swapped.</summary>
/// <param name="code">Stable; docs/errors.md lists it.</param>
/// <param name="message">What to do, in one line.</param>
public sealed class RebuildException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
