using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Exposures;

/// <summary>
/// Keeps the keyed digests of customer ids, by which a tenant joins tokens with their own customers. Without a key there are none.
/// </summary>
internal sealed class ExposureLinks(ExposurePlan plan, ExposureLinkStore store)
{
    private const int PageRows = 500;

    private bool _isKeyKnown;

    /// <summary>Computes what is missing, and drops what another key made.</summary>
    /// <exception cref="LeaseLostException">Another Host is the projector now.</exception>
    public async Task FillAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (!_isKeyKnown)
        {
            await store.UseAsync(lease, plan.LinkKey is { } key ? SHA256.HashData(key) : null, cancellationToken);
            _isKeyKnown = true;
        }

        if (plan.LinkKey is null)
        {
            return;
        }

        while (await FillPageAsync(lease, plan.LinkKey, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The digest that a tenant computes in the same way: HMAC-SHA-256 of the customer id in UTF-8.</summary>
    internal static byte[] Digest(byte[] key, string customerId) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(customerId));

    private async Task<bool> FillPageAsync(Lease lease, byte[] key, CancellationToken cancellationToken)
    {
        var due = await store.DueAsync(PageRows, cancellationToken);
        if (due.Count == 0)
        {
            return false;
        }

        await store.WriteAsync(
            lease,
            due.ConvertAll(one => one with { Digest = one.CustomerId is { } id ? Digest(key, id) : null }),
            cancellationToken
        );
        return true;
    }
}
