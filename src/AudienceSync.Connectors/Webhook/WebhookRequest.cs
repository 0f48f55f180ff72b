using AudienceSync.Connectors.Members;

namespace AudienceSync.Connectors.Webhook;

/// <summary>A call, before it is signed and sent.</summary>
/// <param name="Method">The method.</param>
/// <param name="Url">The address.</param>
/// <param name="Body">The body; of no bytes for none.</param>
internal sealed record WebhookRequest(string Method, Uri Url, MemberBody Body) : IDisposable
{
    public void Dispose() => Body.Dispose();
}
