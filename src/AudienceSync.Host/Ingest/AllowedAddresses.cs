using System.Net;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The addresses from which a source may send; without any, from everywhere. The address is that of the connection: behind a proxy it is
/// the sender's only as far as ASP.NET's forwarded headers are configured to trust the proxy.
/// </summary>
/// <param name="Networks">Single addresses and networks.</param>
public sealed record AllowedAddresses(IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>From everywhere.</summary>
    public static readonly AllowedAddresses All = new([]);

    /// <summary>Whether a sender at this address is admitted.</summary>
    /// <param name="address">Null when the connection has none.</param>
    public bool Allow(IPAddress? address)
    {
        if (Networks.Count == 0)
        {
            return true;
        }

        // A socket for both families reports IPv4 addresses in their IPv6 form.
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && Networks.Any(network => network.Contains(plain));
    }

    /// <summary>Reads an address or a network, as 10.0.0.0/8. Null when it is neither.</summary>
    public static IPNetwork? Read(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) && !text.Contains('/', StringComparison.Ordinal)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
