using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>A destination that can show a call without making it.</summary>
public interface IPreviewsCalls
{
    /// <summary>The call for an operation on invented people. Nothing is sent.</summary>
    /// <param name="operation">The operation; null for a check.</param>
    /// <param name="audience">The remote audience.</param>
    /// <returns>Null when the destination has no such call.</returns>
    CallPreview? Preview(MemberOperation? operation, RemoteAudienceId audience);
}

/// <summary>A call as it would be sent. Secrets and signatures are masked.</summary>
/// <param name="Method">The method.</param>
/// <param name="Url">The address.</param>
/// <param name="Headers">The headers, in order.</param>
/// <param name="Body">The body; empty for none.</param>
public sealed record CallPreview(string Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body);
