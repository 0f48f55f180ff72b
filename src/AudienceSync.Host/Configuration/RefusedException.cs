namespace AudienceSync.Host.Configuration;

/// <summary>An operation that its rules refuse. Nothing was changed. The message is one line for the operator.</summary>
/// <param name="code">The stable code of docs/errors.md.</param>
/// <param name="message">What is wrong and what to do.</param>
public abstract class RefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
