using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Audiences.Registry;

/// <summary>A refused change of the registry. Nothing was written.</summary>
public sealed class RegistryException(AudienceRefusal refusal) : Exception(refusal.Detail)
{
    public AudienceRefusal Refusal => refusal;
}
