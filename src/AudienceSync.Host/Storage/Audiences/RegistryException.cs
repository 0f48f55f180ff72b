using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>A change of the registry that cannot be made. Nothing of it was.</summary>
public sealed class RegistryException(AudienceRefusal refusal) : Exception(refusal.Detail)
{
    public AudienceRefusal Refusal => refusal;
}
