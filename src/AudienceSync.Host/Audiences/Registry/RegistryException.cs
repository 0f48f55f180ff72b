using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Audiences.Registry;

/// <summary>A refused change of the registry. Nothing was written.</summary>
public sealed class RegistryException(AudienceRefusal refusal) : RefusedException(refusal.Code, refusal.Detail)
{
    public AudienceRefusal Refusal => refusal;
}
