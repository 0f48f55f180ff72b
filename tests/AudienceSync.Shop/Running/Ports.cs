using System.Net;
using System.Net.Sockets;

namespace AudienceSync.Shop.Running;

/// <summary>Looks at ports of this machine before anything is started.</summary>
internal static class Ports
{
    /// <exception cref="StartProblem">Somebody listens there.</exception>
    public static void DemandFree(int port, string option)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException)
        {
            throw new StartProblem($"port {port} is taken; choose another with {option} N");
        }
    }

    /// <summary>Two different ports that are free now; asked for together so that they cannot be the same.</summary>
    public static (int First, int Second) TwoFree()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
