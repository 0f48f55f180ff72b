using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// A period in which a version drains: its adds and removes behind <paramref name="Since"/> and up to <paramref name="Until"/> are late.
/// </summary>
/// <param name="DrainId">Its row.</param>
/// <param name="KeyId">The version.</param>
/// <param name="Since">The event by which it stopped feeding.</param>
/// <param name="Until">The event by which it feeds again or was retired; null while it drains.</param>
public sealed record Drain(long DrainId, int KeyId, Position Since, Position? Until)
{
    public bool IsLate(int keyId, Position position) =>
        keyId == KeyId && position.Value > Since.Value && (Until is not { } end || position.Value <= end.Value);
}
