namespace WsCluster.Tls;

/// <summary>A certificate's file cannot be used; the message says which and why, without anything out of it.</summary>
internal sealed class CertificateFileException(string message, Exception? inner = null) : Exception(message, inner);
