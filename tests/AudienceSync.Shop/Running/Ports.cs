using System.Net;
using System.Net.Sockets;

namespace AudienceSync.Shop.Running;

/// <summary>Checks local ports before anything is started.</summary>
internal static class Ports
{
    /// <exception cref="StartException">Another process listens there.</exception>
    public static void RequireFree(int port, string option)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException)
        {
            throw new StartException($"port {port} is taken; choose another with {option} N");
        }
    }

    /// <summary>Two different ports that are free now; requested together so that they cannot be the same.</summary>
    public static (int First, int Second) TwoFree()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
